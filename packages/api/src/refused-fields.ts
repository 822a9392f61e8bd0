import type { z } from 'zod';
import { shorten } from './shorten.js';

export interface RefusedField {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** A caller with a thousand unknown fields, or wrong elements of a list, learns enough from the first of them. */
const mostTold = 20;

/** Each refused field with the reason; a field that the contract does not name is one of them. */
export const toRefusedFields = (issues: z.core.$ZodIssue[]): RefusedField[] =>
  firstOfEachList(issues).flatMap((issue): RefusedField[] => {
    const { path, message } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message }];
    return issue.keys.slice(0, mostTold).map((key) => {
      const name = shorten(key);
      return { path: [...path, name], message: `There is no field "${name}" here: leave it out.` };
    });
  });

/** The issues without those of a list's wrong elements beyond the first twenty. */
function firstOfEachList(issues: z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const told = new Map<PropertyKey, number>();
  return issues.filter(({ path: [field, element] }) => {
    if (field === undefined || element === undefined) return true;
    const count = (told.get(field) ?? 0) + 1;
    told.set(field, count);
    return count <= mostTold;
  });
}
