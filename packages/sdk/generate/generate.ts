import { type Contract, contract, type ProcedureContract } from '@showroom/contract';
import { z } from 'zod';
import { printOverview } from './print-overview.js';
import { type Direction, type NameOf, printObject, printType } from './print-type.js';

interface Procedure {
  readonly resource: string;
  readonly verb: string;
  readonly described: ProcedureContract;
}

/** What stands in one of the generated files. */
export interface GeneratedFile {
  /** Below the repository's root. */
  readonly path: string;
  readonly text: string;
}

const folder = 'packages/sdk/src/generated/';
const notice = '// Made from the contract by `npm run sdk`; not to be edited.\n';

const proceduresOf = (all: Contract): Procedure[] =>
  Object.entries(all).flatMap(([resource, verbs]) =>
    Object.entries(verbs as Record<string, ProcedureContract>).map(([verb, described]) => ({
      resource,
      verb,
      described,
    })),
  );

/** `clients_partial_update` → `ClientsPartialUpdate` */
const toPascal = (id: string) => id.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The types, the surface and the table that the SDK is made of. */
export function generate(): GeneratedFile[] {
  const procedures = proceduresOf(contract);
  const named = new Map<string, string>();
  const schemas = new Map<z.ZodType, string>();

  /** A component of the document is an interface of its own. */
  const nameOf: NameOf = (schema, direction) => {
    const id = schema.meta()?.id as string | undefined;
    if (!id || !(schema instanceof z.ZodObject)) return undefined;
    const known = schemas.get(schema);
    if (known) return known;
    const name = direction === 'sent' ? `${id}Input` : id;
    schemas.set(schema, name);
    named.set(name, `export interface ${name} ${printObject(schema, direction, nameOf)}`);
    return name;
  };
  const print = (schema: z.ZodType, direction: Direction) => printType(schema, direction, nameOf);

  const surfaces = Object.keys(contract).map((resource) => {
    const methods = procedures
      .filter((each) => each.resource === resource)
      .map((each) => printMethod(each, named, print));
    return `/** ${titleOf(resource)} */\nexport interface ${toPascal(resource)}Resource ${resource === 'mailing' ? 'extends MailingWatching ' : ''}{\n${methods.join('\n\n')}\n}`;
  });
  const resources = Object.keys(contract).map((resource) => `readonly ${resource}: ${toPascal(resource)}Resource;`);
  const router = Object.keys(contract).map((resource) => {
    const of = procedures.filter((each) => each.resource === resource && !isFile(each));
    return `${resource}: {\n${of.map((each) => printProcedure(each, print)).join('\n')}\n};`;
  });

  const types = [...named.values()].join('\n\n');
  const importTypes = (used: string[]) => {
    const names = [...named.keys()].sort().filter((name) => new RegExp(`\\b${name}\\b`).test(used.join('\n')));
    return `import type { ${names.join(', ')} } from './types.js';\n`;
  };
  const surface = [
    notice,
    `import type { CallOptions, WriteOptions } from '../options.js';`,
    `import type { ImportCall } from '../import/import-call.js';`,
    `import type { List } from '../list.js';`,
    `import type { MailingWatching } from '../watch.js';`,
    importTypes(surfaces),
    ...surfaces,
    `/** Everything that the service can do, resource by resource. */\nexport interface Resources {\n${resources.join('\n')}\n}`,
  ].join('\n');
  const routerFile = [
    notice,
    `import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';`,
    importTypes(router),
    `/** The router as tRPC's own clients want it; only types, and nothing of the server. */`,
    `export type ShowroomRouter = TRPCBuiltRouter<\n{ ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: true },\n{\n${router.join('\n')}\n}\n>;`,
  ].join('\n');
  return [
    { path: `${folder}types.ts`, text: `${notice}\n${types}\n` },
    { path: `${folder}surface.ts`, text: `${surface}\n` },
    { path: `${folder}router.ts`, text: `${routerFile}\n` },
    { path: `${folder}procedures.ts`, text: printTable(procedures) },
    { path: 'docs/sdk.md', text: printReference(surfaces, types) },
    printOverview(overviewOf(procedures)),
  ];
}

/** Each resource's methods, with the row, and with what they need. */
function overviewOf(procedures: Procedure[]) {
  const overview: Record<string, { title: string; calls: string[] }> = {};
  for (const each of procedures) {
    const { resource, verb } = each;
    overview[resource] ??= { title: titleOf(resource), calls: [] };
    overview[resource].calls.push(isFile(each) ? `${verb}(source)` : `${verb}(${parametersOf(each).join(', ')})`);
  }
  overview.mailing!.calls.push('watch(id)', 'finished(id)');
  return overview;
}

function parametersOf(procedure: Procedure): string[] {
  const key = keyOf(procedure);
  const isPaging = (field: string) => itemOf(procedure) !== null && paging.has(field);
  const fields = Object.keys(shapeOf(procedure)).filter((field) => field !== key && !isPaging(field));
  if (itemOf(procedure)) return fields.length > 0 ? [`{ ${fields.join(', ')} }`] : [];
  const needed = fields.filter((field) => isNeeded(procedure, field));
  const others = fields.length > needed.length ? ['…'] : [];
  return [...(key ? [key] : []), ...(fields.length > 0 ? [`{ ${[...needed, ...others].join(', ')} }`] : [])];
}

const isNeeded = (procedure: Procedure, field: string) => !shapeOf(procedure)[field]!.safeParse(undefined).success;

const titles: Record<string, string> = {
  audit: 'Who did what, and when.',
  auth: 'Signing in, and the account of whoever calls.',
  clients: 'People who can be reached.',
  codes: 'Mobile operator codes.',
  groups: 'Groups of users who share permissions.',
  jobs: 'What wakes the workers.',
  mailing: 'One text to one audience between two moments.',
  messages: 'One mailing to one client.',
  permissions: 'What may be done to which rows.',
  provider: 'Who delivers, and how they do.',
  statistic: 'Counts of mailings, clients and messages.',
  tags: 'Labels on clients.',
  tokens: 'What programs sign in with.',
  users: 'Accounts: who may call the service.',
};
function titleOf(resource: string): string {
  const title = titles[resource];
  if (!title) throw new Error(`generate.ts has no title for the resource ${resource}.`);
  return title;
}

const isFile = ({ described }: Procedure) => described.takesFile.length > 0;
const shapeOf = ({ described }: Procedure) => (described.input as z.ZodObject).shape as Record<string, z.ZodType>;

/** The input field that names the row, for paths with a row in them. */
function keyOf({ described: { path, pathFields } }: Pick<Procedure, 'described'>): string | null {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  return name ? (pathFields[name] ?? name) : null;
}

/** The schema of a list's rows, where the answer is a page. */
function itemOf({ described: { output, input } }: Procedure): z.ZodType | null {
  if (!(output instanceof z.ZodObject) || output.meta()?.id) return null;
  const { results } = output.shape as { results?: z.ZodType };
  const isPaged = 'page' in (input as z.ZodObject).shape;
  return isPaged && results instanceof z.ZodArray ? (results.element as z.ZodType) : null;
}

const paging = new Set(['page', 'limit', 'after']);

function printMethod(
  procedure: Procedure,
  named: Map<string, string>,
  print: (schema: z.ZodType, direction: Direction) => string,
): string {
  const { verb, described } = procedure;
  const options = described.takesKey ? 'WriteOptions' : 'CallOptions';
  const item = itemOf(procedure);
  if (item) {
    const filter = namedInput(procedure, named, print, 'Filter', (field) => !paging.has(field));
    const byKey = 'after' in shapeOf(procedure);
    return `${docOf(procedure, item ? 'list' : 'call')}readonly ${verb}: List<${print(item, 'received')}, ${filter ?? 'object'}${byKey ? '' : ", 'by page'"}>;`;
  }
  if (isFile(procedure)) {
    // What its hand-written call takes and gives.
    namedInput(procedure, named, print, 'Input', () => true);
    print(described.output, 'received');
    return `${docOf(procedure, 'import')}readonly ${verb}: ImportCall;`;
  }
  const key = keyOf(procedure);
  const rest = namedInput(procedure, named, print, 'Input', (field) => field !== key);
  const isInputNeeded = Object.keys(shapeOf(procedure)).some((field) => field !== key && isNeeded(procedure, field));
  const parameters = [
    ...(key ? [`${key}: ${print(shapeOf(procedure)[key]!, 'sent')}`] : []),
    ...(rest ? [`input${isInputNeeded ? '' : '?'}: ${rest}`] : []),
    `options?: ${options}`,
  ];
  return `${docOf(procedure, 'call')}${verb}(${parameters.join(', ')}): Promise<${print(described.output, 'received')}>;`;
}

/** The input without some of its fields, as an interface of its own; none where nothing is left. */
function namedInput(
  procedure: Procedure,
  named: Map<string, string>,
  print: (schema: z.ZodType, direction: Direction) => string,
  suffix: string,
  isKept: (field: string) => boolean,
): string | undefined {
  const kept = Object.entries(shapeOf(procedure)).filter(([field]) => isKept(field));
  if (kept.length === 0) return undefined;
  const name = `${toPascal(procedure.described.operationId)}${suffix}`;
  named.set(name, `export interface ${name} ${print(z.object(Object.fromEntries(kept)), 'sent')}`);
  return name;
}

/** What a method does, needs and may refuse, and one example. */
function docOf(procedure: Procedure, kind: 'list' | 'call' | 'import'): string {
  const { described } = procedure;
  const { needs, conflicts, summary } = described;
  const need =
    needs === 'open' ? '' : needs === 'user' || needs === 'password' ? ` For every user.` : ` Needs \`${needs}\`.`;
  const refused = conflicts.length > 0 ? `\n * @throws ConflictError ${conflicts.join(', ')}` : '';
  return `/**\n * ${summary}.${need}\n *${refused}\n * @example\n * ${exampleOf(procedure, kind)}\n */\n`;
}

function exampleOf(procedure: Procedure, kind: 'list' | 'call' | 'import'): string {
  const { resource, verb } = procedure;
  const call = `showroom.${resource}.${verb}`;
  if (kind === 'list') return `for await (const row of ${call}.all()) console.log(row.id);`;
  if (kind === 'import')
    return `await ${call}([{ phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 }]);`;
  const key = keyOf(procedure);
  const needed = Object.entries(shapeOf(procedure)).filter(([field]) => field !== key && isNeeded(procedure, field));
  const others = Object.entries(shapeOf(procedure)).filter(([field]) => field !== key);
  const shown = needed.length > 0 ? needed : others.filter(([field]) => field in samples).slice(0, 1);
  const fields = shown.map(([field, schema]) => `${field}: ${sampleOf(field, schema)}`);
  const given = [
    ...(key ? [sampleOf(key, shapeOf(procedure)[key]!)] : []),
    ...(fields.length > 0 ? [`{ ${fields.join(', ')} }`] : []),
  ];
  return `await ${call}(${given.join(', ')});`;
}

const samples: Record<string, string> = {
  first_name: "'Ivan'",
  username: "'ivan'",
  user: "'ivan'",
  password: "'a long one'",
  name: "'vip'",
  code: "'900'",
  text: "'Come and see'",
  phone_number: "'79001234567'",
  timezone: "'Europe/Moscow'",
  start_notification_date: "new Date('2026-12-01T09:00:00Z')",
  end_notification_date: "new Date('2026-12-01T18:00:00Z')",
  as: "'sent'",
  tags: "['vip']",
  codes: '[]',
};
const sampleOf = (field: string, schema: z.ZodType): string =>
  samples[field] ?? (schema instanceof z.ZodArray ? '[]' : schema.safeParse('12').success ? "'12'" : '12');

function printProcedure(
  { verb, described }: Procedure,
  print: (schema: z.ZodType, direction: Direction) => string,
): string {
  const kind = described.kind === 'query' ? 'TRPCQueryProcedure' : 'TRPCMutationProcedure';
  const input = print(described.input, 'sent');
  const output = print(described.output, 'received').replace(/^void$/, 'undefined');
  return `${verb}: ${kind}<{ input: ${input}; output: ${output}; meta: object }>;`;
}

/** What has to be known of a procedure when it is called. */
function printTable(procedures: Procedure[]): string {
  const table: Record<string, Record<string, object>> = {};
  for (const each of procedures) {
    const { resource, verb, described } = each;
    const key = keyOf(each);
    table[resource] = {
      ...table[resource],
      [verb]: {
        kind: described.kind,
        ...(key && { key }),
        ...(Object.keys(shapeOf(each)).some((field) => field !== key) && { takesInput: true }),
        ...(described.takesKey && { takesKey: true }),
        ...(itemOf(each) && { pages: 'after' in shapeOf(each) ? 'key' : 'number' }),
        ...(isFile(each) && { path: described.path }),
      },
    };
  }
  return `${notice}\nimport type { Procedure } from '../procedure.js';\n\nexport const procedures: Record<string, Record<string, Procedure>> = ${JSON.stringify(table, null, 2)};\n`;
}

const introduction = `# The SDK, method by method

Made from the contract by \`npm run sdk\`; not to be edited. [The package's README](../packages/sdk/README.md) tells how to begin.
\`showroom\` is what \`createShowroom\` gives; \`List\` has \`page\`, \`all\`, \`first\` and \`toArray\` beside the call itself. Every method takes
\`options\` last: \`signal\`, \`timeoutMs\`, \`maxRetries\`, \`headers\`, and where it says \`WriteOptions\` an \`idempotencyKey\`.
`;

/** The same as people read it: the surface, and then what its types are. */
function printReference(surfaces: string[], types: string): string {
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
