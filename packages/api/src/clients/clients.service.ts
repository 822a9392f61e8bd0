import { type Client, type CustomIssue, issue, type NewClient, type Paging } from '@showroom/contract';
import { brokenConstraint, type Client as ClientRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found } from '../rows.js';
import { toClientColumns } from './clients.presenter.js';

export const listClients = ({ database }: Deps, paging: Paging): Promise<PageOfRows<ClientRow>> =>
  readPage(paging, {
    count: () => database.clients.count(),
    rows: (part) => database.clients.findAll({ ...part, order: ['id'] }),
  });

export const createClient = (deps: Deps, client: NewClient): Promise<ClientRow> =>
  unlessPointless(deps, client, deps.database.clients.create(toClientColumns(client)));

export const readClient = ({ database }: Deps, { id }: Pick<Client, 'id'>): Promise<ClientRow> =>
  found(database.clients.findByPk(id), 'client.not_found');

export async function changeClient(
  deps: Deps,
  { id, ...change }: Pick<Client, 'id'> & Partial<NewClient>,
): Promise<ClientRow> {
  const client = await readClient(deps, { id });
  return unlessPointless(deps, change, client.update(toClientColumns(change)));
}

/** What was sent to the client stays in the ledger; what was not is canceled when its turn comes. */
export async function deleteClient(deps: Deps, ref: Pick<Client, 'id'>): Promise<void> {
  await (await readClient(deps, ref)).destroy();
}

/** Runs a write; when it points at a code or tag that is not there, says at which. */
async function unlessPointless<T>({ database }: Deps, client: Partial<NewClient>, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!brokenConstraint(error)?.endsWith('_fkey')) throw error;
    const { mobile_operator_code: codeId, tag: tagId } = client;
    const issues = [
      await missing(database.codes, 'mobile_operator_code', codeId),
      await missing(database.tags, 'tag', tagId),
    ].filter((each) => each !== null);
    throw new RefusedValues(issues);
  }
}

interface Countable {
  count(options: { where: { id: number } }): Promise<number>;
}

async function missing(rows: Countable, field: string, id: number | undefined): Promise<CustomIssue | null> {
  if (id === undefined || (await rows.count({ where: { id } })) > 0) return null;
  return issue('unknown_id', [field], `There is no row with the id ${id}.`, { id });
}
