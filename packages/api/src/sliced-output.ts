import { z } from 'zod';
import { isLong, mapInSlices } from './slices.js';

/** Judges an answer, and gives what its schema makes of it; of a long one, the promise of that. */
type JudgeOutput = (output: unknown) => unknown;

/** Compiles how an answer is judged: a long list in slices, so that other requests run meanwhile. */
export function compileSlicedOutput(schema: z.ZodType): JudgeOutput {
  const shape = schema instanceof z.ZodObject ? (schema.shape as z.core.$ZodShape) : {};
  const lists = Object.entries(shape).filter(([, field]) => field instanceof z.ZodArray) as [string, z.ZodArray][];
  const longListsOf = (output: unknown) =>
    lists.filter(([name]) => isLong((output as Record<string, unknown> | null)?.[name]));

  async function judgeInSlices(output: Record<string, unknown[]>, long: [string, z.ZodArray][]): Promise<unknown> {
    const withoutRows = { ...output, ...Object.fromEntries(long.map(([name]) => [name, []])) };
    const judged = schema.parse(withoutRows) as Record<string, unknown>;
    for (const [name, list] of long) {
      const row = list.element as z.ZodType;
      judged[name] = await mapInSlices(output[name]!, (each) => row.parse(each));
    }
    return judged;
  }

  return (output) => {
    const long = longListsOf(output);
    return long.length > 0 ? judgeInSlices(output as Record<string, unknown[]>, long) : schema.parse(output);
  };
}
