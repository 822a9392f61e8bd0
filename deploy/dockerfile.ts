import { readFileSync } from 'node:fs';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';

/** An instruction: its keyword, and its arguments as they are written, with continued lines joined. */
export interface Step {
  readonly keyword: string;
  readonly text: string;
  readonly words: readonly string[];
}

export interface Stage {
  /** Its name, or its number. */
  readonly name: string;
  readonly image: string;
  readonly steps: readonly Step[];
}

/** The stages of the Dockerfile, in order. */
export function readDockerfile(path: string): Stage[] {
  const stages: { name: string; image: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions()) {
    const step = toStep(instruction);
    if (step.keyword === 'FROM') {
      const [image = '', , name = String(stages.length)] = step.words;
      stages.push({ name, image, steps: [] });
    } else stages.at(-1)?.steps.push(step);
  }
  return stages;
}

function toStep(instruction: Instruction): Step {
  // Flags are part of it: the parser's own "arguments" leave them out.
  const whole = instruction.getTextContent().replaceAll(/\\\n\s*/g, ' ');
  const text = whole.slice(whole.search(/\s/)).trim();
  return { keyword: instruction.getKeyword(), text, words: text.split(/\s+/).filter(Boolean) };
}

/** Of a COPY: from which stage, what, and where to; flags left out. */
export function readCopy({ words }: Step): { from: string | null; sources: string[]; target: string } {
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null;
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1)! };
}

/** `["sh", "deploy/entrypoint.sh"]` as an array. */
export const readExec = ({ text }: Step): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

/** `NAME=value` pairs. */
export const readEnv = ({ words }: Step): Record<string, string> =>
  Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
