import type { Client, CustomIssue, NewClient, Paging } from '@showroom/contract';
import type { Client as ClientRow, Transaction } from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked, missing, unlessRefused } from '../rows.js';
import { toClient, toClientColumns } from './clients.presenter.js';

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

export const createClient = (call: Call, client: NewClient): Promise<ClientRow> =>
  unlessRefused(
    creating(call, toClient, (transaction) =>
      call.deps.database.clients.create(toClientColumns(client), { transaction }),
    ),
    () => judgeClient(call.deps, client),
  );

export const readClient = ({ database }: Deps, { id }: Pick<Client, 'id'>): Promise<ClientRow> =>
  found(database.clients.findByPk(id), 'client.not_found');

const findClient =
  ({ deps }: Call, id: number) =>
  (transaction: Transaction): Promise<ClientRow> =>
    found(deps.database.clients.findByPk(id, locked(transaction)), 'client.not_found');

export const changeClient = (
  call: Call,
  { id, ...change }: Pick<Client, 'id'> & Partial<NewClient>,
): Promise<ClientRow> =>
  unlessRefused(
    changing(call, toClient, findClient(call, id), (client, transaction) =>
      client.update(toClientColumns(change), { transaction }),
    ),
    () => judgeClient(call.deps, change),
  );

/** What was sent to the client stays in the ledger; what was not is canceled when its turn comes. */
export const deleteClient = (call: Call, { id }: Pick<Client, 'id'>): Promise<void> =>
  deleting(call, toClient, findClient(call, id));
