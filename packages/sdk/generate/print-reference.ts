const introduction = `# The SDK, method by method

Made from the contract by \`npm run sdk\`; not to be edited. [The package's README](../packages/sdk/README.md) tells how to begin.
\`showroom\` is what \`createShowroom\` gives; \`List\` has \`page\`, \`all\`, \`first\` and \`toArray\` beside the call itself. Every method takes
\`options\` last: \`signal\`, \`timeoutMs\`, \`maxRetries\`, \`headers\`, and where it says \`WriteOptions\` an \`idempotencyKey\`.
`;

/** The same as people read it: the surface, and then what its types are. */
export function printReference(surfaces: string[], types: string): string {
  const parts = surfaces.map((text) => {
    const [, title, name] = /^\/\*\* (.*) \*\/\nexport interface (\w+)Resource/.exec(text)!;
    const methods = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')).trim();
    return `## ${name![0]!.toLowerCase()}${name!.slice(1)}\n\n${title}\n\n\`\`\`ts\n${methods}\n\`\`\`\n`;
  });
  const plain = indented(types.replaceAll('export interface', 'interface'));
  return `${introduction}\n${parts.join('\n')}\n## Types\n\n\`\`\`ts\n${plain}\n\`\`\`\n`;
}

/** Each line as deep as the braces before it. */
function indented(text: string): string {
  let depth = 0;
  return text
    .split('\n')
    .map((line) => {
      if (/^[}\]]/.test(line)) depth -= 1;
      const written = line && `${'  '.repeat(depth)}${line}`;
      if (/[{[]$/.test(line)) depth += 1;
      return written;
    })
    .join('\n');
}
