import type { CustomIssue } from '@showroom/contract';
import type { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Call, Deps } from './context.js';
import { RefusedValues, refusedValuesOf } from './errors.js';

/**
 * Finds what only the database can tell is wrong with some fields of an input: a name that is taken, an id of nothing.
 * Fields may be missing: left out, or refused by the schema already.
 *
 * @param call who sent the fields: a judge refuses fields that they may not send before it looks anything up
 * @throws ApiError auth.rights for such fields
 */
export type Judge<Input> = (deps: Deps, input: Partial<Input>, call: Call) => Promise<CustomIssue[]>;

/**
 * When a schema refused some fields, lets the judge look at the others: a caller is told every wrong field at once, not
 * one kind of mistake after the other.
 *
 * @throws RefusedValues when the judge found something; ApiError when the caller may not send a field
 */
export async function refuseEverythingWrong<Input>(
  call: Call,
  judge: Judge<Input>,
  error: TRPCError,
  readInput: () => Promise<unknown>,
): Promise<void> {
  const { input } = call.contract;
  const refused = refusedValuesOf(error);
  if (refused === null || error instanceof RefusedValues || !(input instanceof z.ZodObject)) return;
  const wrong = new Set(refused.map(({ path }) => path[0]));
  const given = Object.entries(((await readInput()) as object | undefined) ?? {}).filter(([field]) =>
    Object.hasOwn(input.shape, field),
  );
  const fine = given.flatMap(([field, value]) => {
    const read = wrong.has(field) ? undefined : input.shape[field]?.safeParse(value);
    return read?.success ? [[field, read.data]] : [];
  });
  const found = await judge(call.deps, Object.fromEntries(fine) as Partial<Input>, call);
  if (found.length > 0) throw new RefusedValues([...refused, ...found]);
}
