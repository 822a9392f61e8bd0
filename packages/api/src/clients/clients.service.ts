import type { Client, CustomIssue, NewClient, Paging } from '@showroom/contract';
import type { Client as ClientRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, missing, unlessRefused } from '../rows.js';
import { toClientColumns } from './clients.presenter.js';

export const listClients = ({ database }: Deps, paging: Paging): Promise<PageOfRows<ClientRow>> =>
  readPage(paging, {
    count: () => database.clients.count(),
    rows: (part) => database.clients.findAll({ ...part, order: ['id'] }),
  });

/** What only the database can tell is wrong with a client: that its code or its tag is none. */
export const judgeClient = async ({ database }: Deps, client: Partial<NewClient>): Promise<CustomIssue[]> => [
  ...(await missing(database.codes, 'mobile_operator_code', client.mobile_operator_code)),
  ...(await missing(database.tags, 'tag', client.tag)),
];

export const createClient = (deps: Deps, client: NewClient): Promise<ClientRow> =>
  unlessRefused(deps.database.clients.create(toClientColumns(client)), () => judgeClient(deps, client));

export const readClient = ({ database }: Deps, { id }: Pick<Client, 'id'>): Promise<ClientRow> =>
  found(database.clients.findByPk(id), 'client.not_found');

export async function changeClient(
  deps: Deps,
  { id, ...change }: Pick<Client, 'id'> & Partial<NewClient>,
): Promise<ClientRow> {
  const client = await readClient(deps, { id });
  return unlessRefused(client.update(toClientColumns(change)), () => judgeClient(deps, change));
}

/** What was sent to the client stays in the ledger; what was not is canceled when its turn comes. */
export async function deleteClient(deps: Deps, ref: Pick<Client, 'id'>): Promise<void> {
  await (await readClient(deps, ref)).destroy();
}
