import type { z } from 'zod';

export interface RefusedField {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** A caller with a thousand unknown fields learns enough from the first of them. */
const mostUnknownTold = 20;
const longestName = 100;

const shorten = (name: string) => (name.length > longestName ? `${name.slice(0, longestName)}…` : name);

/** Each refused field with the reason; a field that the contract does not name is one of them. */
export const toRefusedFields = (issues: z.core.$ZodIssue[]): RefusedField[] =>
  issues.flatMap((issue): RefusedField[] => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message }];
    return issue.keys.slice(0, mostUnknownTold).map((key) => {
      const name = shorten(key);
      return { path: [...path, name], message: `There is no field "${name}" here: leave it out.` };
    });
  });
