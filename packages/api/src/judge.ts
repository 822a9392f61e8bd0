import type { CustomIssue, ProcedureContract } from '@showroom/contract';
import type { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Deps } from './context.js';
import { RefusedValues, refusedValuesOf } from './errors.js';

/**
 * Finds what only the database can tell is wrong with some fields of an input: a name that is taken, an id of nothing.
 * Fields may be missing: left out, or refused by the schema already.
 */
export type Judge<Input> = (deps: Deps, input: Partial<Input>) => Promise<CustomIssue[]>;

/**
 * When a schema refused some fields, lets the judge look at the others: a caller is told every wrong field at once, not
 * one kind of mistake after the other.
 *
 * @throws RefusedValues when the judge found something
 */
export async function refuseEverythingWrong<Input>(
  deps: Deps,
  { input }: ProcedureContract,
  judge: Judge<Input>,
  error: TRPCError,
  rawInput: unknown,
): Promise<void> {
  const refused = refusedValuesOf(error);
  if (refused === null || error instanceof RefusedValues || !(input instanceof z.ZodObject)) return;
  const wrong = new Set(refused.map(({ path }) => path[0]));
  const given = Object.entries((rawInput as object | undefined) ?? {});
  const fine = given.flatMap(([field, value]) => {
    const read = wrong.has(field) ? undefined : input.shape[field]?.safeParse(value);
    return read?.success ? [[field, read.data]] : [];
  });
  const found = await judge(deps, Object.fromEntries(fine) as Partial<Input>);
  if (found.length > 0) throw new RefusedValues([...refused, ...found]);
}
