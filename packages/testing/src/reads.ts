import type { LedgerSize } from './many-mailings.js';

/** Which rows are asked for changes with `n`, from request to request. */
type PathOf = (size: LedgerSize, n: number) => string;

/** The mailing to everybody, which is the largest, and one of the smallest. */
const [everybody, few] = [1, 6];
const ended = (n: number) => 10 + ((n * 11) % 400);
const spread = (rows: number, n: number) => 1 + ((n * 7_919) % rows);
const middlePage = (rows: number) => Math.max(1, Math.floor(rows / 200));

const ofClients: Record<string, PathOf> = {
  'a client': ({ clients }, n) => `/clients/${spread(clients, n)}/`,
  'clients, first page': () => '/clients/?limit=100',
  'clients, after a key': ({ clients }, n) => `/clients/?limit=100&after=${spread(clients, n)}`,
  'clients, middle page': ({ clients }) => `/clients/?limit=100&page=${middlePage(clients)}`,
  'clients, last page': () => '/clients/?limit=100&page=last',
  'clients with a tag, after a key': ({ clients }, n) => `/clients/?limit=100&tag=4&after=${spread(clients, n)}`,
  'clients with a tag, middle page': ({ clients }) => `/clients/?limit=100&tag=4&page=${middlePage(clients / 10)}`,
  'clients with a code, middle page': ({ clients }) =>
    `/clients/?limit=100&mobile_operator_code=4&page=${middlePage(clients / 50)}`,
  'clients with a tag and a code, first page': () => '/clients/?limit=100&tag=4&mobile_operator_code=4',
  'clients with a phone number': ({ clients }, n) => `/clients/?phone_number=${79_000_000_000 + spread(clients, n)}`,
};

const ofMessages: Record<string, PathOf> = {
  'messages, first page': () => '/messages/?limit=100',
  'messages, after a key': ({ messages }, n) => `/messages/?limit=100&after=${spread(messages, n)}`,
  'messages, middle page': ({ messages }) => `/messages/?limit=100&page=${middlePage(messages)}`,
  'messages, last page': () => '/messages/?limit=100&page=last',
  'messages of a mailing, first page': (_size, n) => `/messages/?limit=100&mailing_list=${ended(n)}`,
  'messages of a mailing, middle page': ({ clients }) =>
    `/messages/?limit=100&mailing_list=${everybody}&page=${middlePage(clients)}`,
  'messages of a mailing, after a key': ({ clients }, n) =>
    `/messages/?limit=100&mailing_list=${everybody}&after=${spread(clients, n)}`,
  'messages of a mailing that failed': (_size, n) => `/messages/?limit=100&mailing_list=${ended(n)}&status=failed`,
  'messages of a client': ({ clients }, n) => `/messages/?client=${spread(clients, n)}`,
  'messages of a client that were sent': ({ clients }, n) => `/messages/?client=${spread(clients, n)}&status=sent`,
  'messages of a client in a mailing': ({ clients }, n) =>
    `/messages/?client=${spread(clients, n)}&mailing_list=${ended(n)}`,
  'messages of a client, after a key': ({ messages, clients }, n) =>
    `/messages/?client=${spread(clients, n)}&after=${Math.floor(messages / 2)}`,
  'failed messages, 1000 of them': () => '/messages/?limit=1000&status=failed',
  'a message, with its timeline': ({ messages }, n) => `/messages/${spread(messages, n)}/`,
};

const byStatus: Record<string, PathOf> = Object.fromEntries(
  ['pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'].flatMap((status): [string, PathOf][] => [
    [`${status} messages, first page`, () => `/messages/?limit=100&status=${status}`],
    [
      `${status} messages, after a key`,
      ({ messages }, n) => `/messages/?limit=100&status=${status}&after=${spread(messages, n)}`,
    ],
    [`${status} messages, last page`, () => `/messages/?limit=100&status=${status}&page=last`],
  ]),
);
// About 97 in a hundred were sent, and one in a hundred failed.
const inTheMiddle: Record<string, PathOf> = {
  'sent messages, middle page': ({ messages }) => `/messages/?limit=100&status=sent&page=${middlePage(messages)}`,
  'failed messages, middle page': ({ messages }) =>
    `/messages/?limit=100&status=failed&page=${middlePage(messages * 0.01)}`,
};

const ofMailings: Record<string, PathOf> = {
  'mailings, first page': () => '/mailing/?limit=100',
  'mailings, after a key': (_size, n) => `/mailing/?limit=100&after=${ended(n)}`,
  'mailings, middle page': () => '/mailing/?limit=100&page=3',
  'mailings for a tag': () => '/mailing/?limit=100&tag=tag%204',
  'a mailing': (_size, n) => `/mailing/${ended(n)}/`,
  'why a client was in a mailing': ({ clients }, n) => `/mailing/${everybody}/explain/?client=${spread(clients, n)}`,
  'why a client was not in a mailing': ({ clients }, n) => `/mailing/${few}/explain/?client=${spread(clients, n)}`,
  'why nobody was in a mailing': (_size, n) => `/mailing/${ended(n)}/explain/?client=99999999999`,
  'all statistics': () => '/statistic/',
  'statistics, after a key': (_size, n) => `/statistic/?limit=100&after=${ended(n)}`,
  'statistics of a mailing': (_size, n) => `/statistic/${ended(n)}/`,
  'statistics of a mailing that runs': ({ mailings }) => `/statistic/${Math.ceil(mailings * 0.95)}/`,
  'statistics of the mailing to everybody': () => `/statistic/${everybody}/`,
  'a preview to everybody': (_size, n) => `/mailing/${ended(n)}/preview/`,
};

const others: Record<string, PathOf> = {
  tags: () => '/tags/?limit=100',
  codes: () => '/codes/?limit=100',
  'the audit, first page': () => '/audit/?limit=100',
};

/** What may be read, by what it is called in a table: each list, each filter, each order, each statistic. */
export const readsAtSize: Record<string, PathOf> = {
  ...ofClients,
  ...ofMessages,
  ...byStatus,
  ...inTheMiddle,
  ...ofMailings,
  ...others,
};

/** Those that look for mailing 1, which is hidden while it is purged. */
export const isOfEverybody = (path: string): boolean => /(mailing_list=|\/mailing\/|\/statistic\/)1(\/|&|$)/.test(path);
