import {
  type Client,
  type ClientFilter,
  type CustomIssue,
  changedClientIssues,
  type NewClient,
} from '@showroom/contract';
import {
  type Client as ClientModel,
  type Database,
  type Part,
  type RowOf,
  type Transaction,
  withdrawClient,
} from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked, missing, unlessRefused } from '../rows.js';
import { toClient, toClientColumns } from './clients.presenter.js';

type ClientRow = RowOf<ClientModel>;

type Matching = Partial<ClientRow>;

export function listClients({ database }: Deps, filter: ClientFilter): Promise<PageOfRows<ClientRow>> {
  const matching: Matching = toClientColumns(filter);
  return readPage(filter, {
    count: () => countClients(database, matching),
    rows: async (part, count) => database.clientRows.part(await skipTo(database, part, matching, count), matching),
    idOf: ({ id }) => id,
  });
}

/** How many have a tag or a code is known; those with a phone number are so few that they are counted. */
const countClients = ({ clients, countClients: count }: Database, matching: Matching): Promise<number> =>
  matching.phoneNumber === undefined ? count(matching) : clients.count({ where: { ...matching } });

/** More rows are not read to be left out: the index is counted through, from the end that is nearer. */
const farOffset = 10_000;

async function skipTo({ clients }: Database, part: Part, matching: Matching, count = 0): Promise<Part> {
  if (part.offset < farOffset) return part;
  const before = part.offset - 1;
  const isNearEnd = part.offset > count / 2;
  const [direction, offset] = isNearEnd ? ['DESC', Math.max(0, count - 1 - before)] : ['ASC', before];
  const row = await clients.findOne({ attributes: ['id'], where: { ...matching }, order: [['id', direction]], offset });
  return { offset: 0, limit: part.limit, after: row?.id ?? 0 };
}

/** What only the database can tell is wrong with a client: that its code or its tag is none. */
export const judgeClient = async ({ database }: Deps, client: Partial<NewClient>): Promise<CustomIssue[]> => [
  ...(await missing(database.codes, 'mobile_operator_code', client.mobile_operator_code)),
  ...(await missing(database.tags, 'tag', client.tag)),
];

export const createClient = (call: Call, client: NewClient): Promise<ClientRow> =>
  unlessRefused(
    creating(call, toClient, (transaction) =>
      call.deps.database.clientRows.insert(toClientColumns(client), transaction),
    ),
    () => judgeClient(call.deps, client),
  );

export const readClient = ({ database }: Deps, { id }: Pick<Client, 'id'>): Promise<ClientRow> =>
  found(database.clientRows.find(id), 'client.not_found');

const findClient =
  ({ deps }: Call, id: number) =>
  (transaction: Transaction): Promise<ClientModel> =>
    found(deps.database.clients.findByPk(id, locked(transaction)), 'client.not_found');

type ClientChange = Pick<Client, 'id'> & Partial<NewClient>;

/** The same of a change, and that it breaks a rule which the client as it is now does not break in the same way. */
export const judgeChange = async (deps: Deps, { id, ...change }: Partial<ClientChange>): Promise<CustomIssue[]> => {
  const now = id === undefined ? null : await deps.database.clientRows.find(id);
  return [...(now ? changedClientIssues(change, toClient(now)) : []), ...(await judgeClient(deps, change))];
};

export const changeClient = (call: Call, { id, ...change }: ClientChange): Promise<ClientRow> =>
  unlessRefused(
    changing(call, toClient, findClient(call, id), (client, transaction) => {
      const issues = changedClientIssues(change, toClient(client));
      if (issues.length > 0) throw new RefusedValues(issues);
      return client.update(toClientColumns(change), { transaction });
    }),
    () => judgeChange(call.deps, { id, ...change }),
  );

/** What was sent to the client stays in the ledger; what was not is canceled in the same transaction. */
export function deleteClient(call: Call, { id }: Pick<Client, 'id'>): Promise<void> {
  const { sql } = call.deps.database;
  return deleting(call, toClient, findClient(call, id), (transaction) =>
    withdrawClient((statement, values) => sql(statement, values, transaction), id),
  );
}
