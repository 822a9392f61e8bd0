import 'reflect-metadata';
import pg from 'pg';
import type { Transaction } from 'sequelize';
import { Sequelize } from 'sequelize-typescript';
import { importClients } from './bulk/import-clients.js';
import { compileRows } from './compiled.js';
import { runOn } from './connections.js';
import { lendConnections, type Within } from './errands.js';
import { HeardClient } from './heard-client.js';
import { AuditEntry } from './models/AuditEntry.js';
import { Client } from './models/Client.js';
import { Group, GroupPermission } from './models/Group.js';
import { Mailing, MailingCode, MailingTag } from './models/Mailing.js';
import { Message } from './models/Message.js';
import { MobileOperatorCode } from './models/MobileOperatorCode.js';
import { Permission } from './models/Permission.js';
import { Session } from './models/Session.js';
import { Tag } from './models/Tag.js';
import { Token, TokenPermission } from './models/Token.js';
import { User, UserGroup, UserPermission } from './models/User.js';
import { exactParsers } from './parsers.js';
import { answerAtLengthMs, connectMs, longStatementMs } from './patience.js';
import { createRelation } from './relation.js';
import { unlessDeadlocked } from './violations.js';

export interface DatabaseOptions {
  url: string;
  /** What the connections are called in `pg_stat_activity`. */
  name?: string;
  /** How many connections at most. */
  poolSize?: number;
  /** How many more are kept for steering, health and metrics; with none, these share the others. */
  steeringConnections?: number;
  /** How long an errand may take: a read, or steering. */
  readTimeoutMs?: number;
}

/** How many connections a database has for everything but steering. */
export const defaultPoolSize = 10;

export type Database = ReturnType<typeof createDatabase>;

/**
 * Opens the database for the API: its models as repositories of their own, so that several databases may be open at
 * once. Fails when PostgreSQL cannot be reached.
 *
 * @example const database = await openDatabase({ url: config.databaseUrl });
 */
export async function openDatabase({
  url,
  name = 'showroom',
  poolSize = defaultPoolSize,
  steeringConnections = 2,
  readTimeoutMs = 10_000,
}: DatabaseOptions): Promise<Database> {
  const optionsOf = (application_name: string) =>
    ({
      dialect: 'postgres',
      dialectModule: { ...pg, Client: HeardClient, types: exactParsers },
      logging: false,
      dialectOptions: {
        application_name,
        keepAlive: true,
        connectionTimeoutMillis: connectMs,
        query_timeout: answerAtLengthMs,
      },
    }) as const;
  const kept =
    steeringConnections > 0
      ? new Sequelize(url, { ...optionsOf(`${name}, steering`), pool: { max: steeringConnections, idle: 10_000 } })
      : null;
  const sequelize = new Sequelize(url, {
    ...optionsOf(name),
    repositoryMode: true,
    pool: { max: poolSize, idle: 10_000 },
    models: [
      AuditEntry,
      Client,
      Group,
      GroupPermission,
      Mailing,
      MailingCode,
      MailingTag,
      Message,
      MobileOperatorCode,
      Permission,
      Session,
      Tag,
      Token,
      TokenPermission,
      User,
      UserGroup,
      UserPermission,
    ],
  });
  const within = lendConnections(sequelize, kept, readTimeoutMs);
  await sequelize.authenticate();
  return createDatabase(sequelize, within, async () => {
    await sequelize.close();
    await kept?.close();
  });
}

export const countingClients = {
  name: 'count clients',
  text: `
    SELECT coalesce(sum(clients), 0)::float8 AS clients FROM client_counts
    WHERE ($1::bigint IS NULL OR tag_id = $1) AND ($2::bigint IS NULL OR code_id = $2)`,
};

const createDatabase = (sequelize: Sequelize, within: Within, close: () => Promise<void>, run = runOn(sequelize)) => ({
  /** Runs work whose statements are for somebody who may leave, may not take for ever, or steers. */
  within,
  /** Runs work on the connections that are kept for steering. */
  steering: <T>(work: () => Promise<T>): Promise<T> => within({ steers: true }, work),
  audit: sequelize.getRepository(AuditEntry),
  clients: sequelize.getRepository(Client),
  codes: sequelize.getRepository(MobileOperatorCode),
  groups: sequelize.getRepository(Group),
  groupPermissions: createRelation(sequelize, [GroupPermission, 'groupId'], [Permission, 'permissionId']),
  mailings: sequelize.getRepository(Mailing),
  mailingTags: sequelize.getRepository(MailingTag),
  mailingCodes: sequelize.getRepository(MailingCode),
  messages: sequelize.getRepository(Message),
  permissions: sequelize.getRepository(Permission),
  sessions: sequelize.getRepository(Session),
  tags: sequelize.getRepository(Tag),
  tokens: sequelize.getRepository(Token),
  tokenPermissions: createRelation(sequelize, [TokenPermission, 'tokenId'], [Permission, 'permissionId']),
  users: sequelize.getRepository(User),
  userGroups: createRelation(sequelize, [UserGroup, 'userId'], [Group, 'groupId']),
  userPermissions: createRelation(sequelize, [UserPermission, 'userId'], [Permission, 'permissionId']),
  importClients,
  clientRows: compileRows(sequelize, run, Client, ['phoneNumber', 'timezone', 'codeId', 'tagId']),
  /** How many clients there are, however many; of a tag or a code, if given. */
  countClients: async ({ tagId, codeId }: { tagId?: number; codeId?: number } = {}) =>
    (await run<{ clients: number }>({ ...countingClients, values: [tagId ?? null, codeId ?? null] }))[0]!.clients,
  auditRows: compileRows(sequelize, run, AuditEntry, [
    'action',
    'username',
    'userId',
    'tokenId',
    'address',
    'operation',
    'resource',
    'rowId',
    'old',
    'new',
    'reason',
  ]),
  /** For statements that models cannot say; `$1` stands for the first of `values`. */
  sql: <Row extends object>(text: string, values: unknown[] = [], transaction?: Transaction): Promise<Row[]> =>
    run<Row>({ text, values }, transaction),
  /** The same, for statements over much that may take long. */
  sqlAtLength: <Row extends object>(text: string, values: unknown[] = [], transaction?: Transaction): Promise<Row[]> =>
    run<Row>({ text, values, query_timeout: longStatementMs }, transaction),
  /** Committed when `work` resolves, undone when it throws. Done again when PostgreSQL undid it to end a deadlock. */
  transaction: <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    unlessDeadlocked(() => sequelize.transaction(work)),
  close,
});
