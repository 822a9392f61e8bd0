import type { CodeFilter, CustomIssue, MobileOperatorCode } from '@showroom/contract';
import { type MobileOperatorCode as CodeRow, partOf, type RowOf, type Transaction } from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { tellUses } from '../mailing/mailing.uses.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked, taken, unlessRefused } from '../rows.js';
import { toCode } from './codes.presenter.js';

export function listCodes({ database }: Deps, { code, ...paging }: CodeFilter): Promise<PageOfRows<RowOf<CodeRow>>> {
  const where = code === undefined ? {} : { code };
  return readPage(paging, {
    count: () => database.codes.count({ where }),
    rows: (part) => database.codes.findAll({ ...partOf(part, where), raw: true }),
    idOf: ({ id }) => id,
  });
}

/** What only the database can tell is wrong with a mobile operator code. */
export async function judgeCode({ database }: Deps, { id, code }: Partial<MobileOperatorCode>): Promise<CustomIssue[]> {
  const holder = code === undefined ? null : await database.codes.findOne({ where: { code } });
  return holder && holder.id !== id ? [taken('code', 'mobile operator code')] : [];
}

export const createCode = (call: Call, code: Pick<MobileOperatorCode, 'code'>): Promise<CodeRow> =>
  unlessRefused(
    creating(call, toCode, (transaction) => call.deps.database.codes.create({ code: code.code }, { transaction })),
    () => judgeCode(call.deps, code),
  );

export const readCode = ({ database }: Deps, { id }: Pick<MobileOperatorCode, 'id'>): Promise<CodeRow> =>
  found(database.codes.findByPk(id), 'code.not_found');

const findCode =
  ({ deps }: Call, id: number) =>
  (transaction: Transaction): Promise<CodeRow> =>
    found(deps.database.codes.findByPk(id, locked(transaction)), 'code.not_found');

export const changeCode = (
  call: Call,
  { id, ...change }: Pick<MobileOperatorCode, 'id'> & Partial<MobileOperatorCode>,
): Promise<CodeRow> =>
  unlessRefused(
    changing(call, toCode, findCode(call, id), (code, transaction) => code.update(change, { transaction })),
    () => judgeCode(call.deps, { id, ...change }),
  );

/**
 * A mobile operator code that clients use, or that a mailing which has not ended names, stays. Deleting it would take its place in
 * every filter.
 */
export const deleteCode = (call: Call, { id }: Pick<MobileOperatorCode, 'id'>): Promise<void> =>
  deleting<CodeRow>(call, toCode, async (transaction) => {
    const code = await findCode(call, id)(transaction);
    const uses = await tellUses(call.deps, { kind: 'code', id, what: 'mobile operator code' }, transaction);
    if (uses !== null) throw new ApiError('code.in_use', uses);
    return code;
  });
