import type { CustomIssue, MobileOperatorCode, Paging } from '@showroom/contract';
import { brokenConstraint, type MobileOperatorCode as CodeRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, taken, unlessRefused } from '../rows.js';

const inUse = 'clients_code_id_fkey';

export const listCodes = ({ database }: Deps, paging: Paging): Promise<PageOfRows<CodeRow>> =>
  readPage(paging, {
    count: () => database.codes.count(),
    rows: (part) => database.codes.findAll({ ...part, order: ['id'] }),
  });

/** What only the database can tell is wrong with a mobile operator code. */
export async function judgeCode({ database }: Deps, { id, code }: Partial<MobileOperatorCode>): Promise<CustomIssue[]> {
  const holder = code === undefined ? null : await database.codes.findOne({ where: { code } });
  return holder && holder.id !== id ? [taken('code', 'mobile operator code')] : [];
}

export const createCode = (deps: Deps, code: Pick<MobileOperatorCode, 'code'>): Promise<CodeRow> =>
  unlessRefused(deps.database.codes.create({ code: code.code }), () => judgeCode(deps, code));

export const readCode = ({ database }: Deps, { id }: Pick<MobileOperatorCode, 'id'>): Promise<CodeRow> =>
  found(database.codes.findByPk(id), 'code.not_found');

export async function changeCode(
  deps: Deps,
  { id, ...change }: Pick<MobileOperatorCode, 'id'> & Partial<MobileOperatorCode>,
): Promise<CodeRow> {
  const code = await readCode(deps, { id });
  return unlessRefused(code.update(change), () => judgeCode(deps, { id, ...change }));
}

/** A mobile operator code that clients use stays: deleting it would take their place in every filter. */
export async function deleteCode(deps: Deps, { id }: Pick<MobileOperatorCode, 'id'>): Promise<void> {
  const code = await readCode(deps, { id });
  try {
    await code.destroy();
  } catch (error) {
    if (brokenConstraint(error) !== inUse) throw error;
    const clients = await deps.database.clients.count({ where: { codeId: id } });
    throw new ApiError(
      'code.in_use',
      `${clients} ${clients === 1 ? 'client uses' : 'clients use'} this mobile operator code.`,
    );
  }
}
