import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase, testEnvironment, waitFor, withClient } from '@showroom/testing';
import { expect } from 'chai';
import { migrateDatabase } from './migrate.js';
import { prepareDatabase } from './prepare.js';

describe('prepareDatabase', () => {
  let superuserUrl: string;
  let role: string;
  let old: TestDatabase;
  const made: string[] = [];
  beforeEach(async () => {
    superuserUrl = process.env[testEnvironment.postgresUrl] as string;
    role = `Role ${randomUUID()}`;
    old = await createTestDatabase();
  });
  afterEach(async () => {
    await old.drop();
    await withClient(superuserUrl, async (client) => {
      for (const name of made.splice(0)) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await client.query(`DROP ROLE IF EXISTS "${role}"`);
    });
  });

  function urlOf(database: string, password = `p@ss'"word`): string {
    const url = new URL(superuserUrl);
    url.username = encodeURIComponent(role);
    url.password = encodeURIComponent(password);
    url.pathname = `/${encodeURIComponent(database)}`;
    return url.href;
  }
  const oldName = () => new URL(old.url).pathname.slice(1);
  const ask = (url: string, sql: string) => withClient(url, async (client) => (await client.query(sql)).rows);
  const refusal = (url: string, sql: string) =>
    ask(url, sql).then(
      () => 'none',
      ({ message }: Error) => message,
    );

  it('makes a role without any other right, which can migrate its database', async () => {
    const name = `new ${randomUUID()}`;
    made.push(name);
    await prepareDatabase(superuserUrl, urlOf(name));
    expect(await migrateDatabase(urlOf(name))).not.to.deep.equal([]);
    const rights = 'rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls';
    const [own] = await ask(urlOf(name), `SELECT ${rights} FROM pg_roles WHERE rolname = session_user`);
    expect(new Set(Object.values(own))).to.deep.equal(new Set([false]));
  });

  it('makes a role that cannot run programs, read files, or make roles and databases', async () => {
    await prepareDatabase(superuserUrl, urlOf(oldName()));
    for (const sql of [
      `COPY (SELECT 1) TO PROGRAM 'true'`,
      `COPY (SELECT 1) TO '/tmp/showroom-never'`,
      `SELECT pg_read_file('postgresql.conf')`,
      'CREATE ROLE another',
      'CREATE DATABASE another',
      'ALTER SYSTEM SET fsync = off',
      'SET session_replication_role = replica',
      'SELECT rolpassword FROM pg_authid',
      `CREATE FUNCTION leave() RETURNS int LANGUAGE internal AS 'int4_sum'`,
      'SET ROLE postgres',
    ]) {
      expect(await refusal(urlOf(oldName()), sql), sql).to.contain('permission denied');
    }
  });

  it('hands over what a superuser made in the database', async () => {
    await old.query(`
      CREATE SCHEMA "agenda 2";
      CREATE TABLE "agenda 2".jobs (id serial, at int GENERATED ALWAYS AS IDENTITY, a int, b int) PARTITION BY RANGE (id);
      CREATE TABLE "agenda 2".jobs_1 PARTITION OF "agenda 2".jobs FOR VALUES FROM (1) TO (10);
      CREATE VIEW view AS SELECT 1;
      CREATE MATERIALIZED VIEW seen AS SELECT 1;
      CREATE SEQUENCE alone;
      CREATE DOMAIN word AS text;
      CREATE TYPE pair AS (a int, b int);
      CREATE TYPE span AS RANGE (subtype = float8);
      CREATE STATISTICS "agenda 2".both ON a, b FROM "agenda 2".jobs_1;
      CREATE FUNCTION many(word, VARIADIC pair[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE PROCEDURE act() LANGUAGE sql AS 'SELECT 1';
      CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
      CREATE EXTENSION pg_trgm`);
    await prepareDatabase(superuserUrl, urlOf(oldName()));
    const left = await old.query(`
      SELECT objid, classid::regclass, pg_describe_object(classid, objid, 0) AS what FROM (
        SELECT oid AS objid, 'pg_class'::regclass AS classid, relowner AS owner, relnamespace AS schema FROM pg_class
        UNION ALL SELECT oid, 'pg_proc'::regclass, proowner, pronamespace FROM pg_proc
        UNION ALL SELECT oid, 'pg_type'::regclass, typowner, typnamespace FROM pg_type
        UNION ALL SELECT oid, 'pg_statistic_ext'::regclass, stxowner, stxnamespace FROM pg_statistic_ext
        UNION ALL SELECT oid, 'pg_namespace'::regclass, nspowner, oid FROM pg_namespace
      ) objects
      WHERE owner = 'postgres'::regrole AND schema NOT IN (
        SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
      AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = objects.classid AND d.objid = objects.objid AND d.deptype IN ('e', 'i'))`);
    expect(left).to.deep.equal([]);
    for (const sql of ['DROP SCHEMA "agenda 2" CASCADE', 'ALTER TABLE tags ADD extra int', 'DROP TYPE span']) {
      expect(await refusal(urlOf(oldName()), sql), sql).to.equal('none');
    }
  });

  it('leaves the database as it was when it is killed, and the next run completes it', async () => {
    await prepareDatabase(superuserUrl, urlOf(oldName()));
    await old.query('ALTER TABLE tags OWNER TO postgres');
    await old.query('ALTER TABLE codes OWNER TO postgres');
    const owners = async () =>
      (await old.query(`SELECT pg_get_userbyid(relowner) AS who FROM pg_class WHERE relname IN ('tags', 'codes')`)).map(
        ({ who }) => who,
      );
    await withClient(old.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE tags IN ACCESS SHARE MODE');
      const run = prepareDatabase(superuserUrl, urlOf(oldName())).catch(({ message }: Error) => message);
      const kill = `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'showroom prepare' AND wait_event_type = 'Lock'`;
      await waitFor(async () => (await old.query(kill)).length === 1);
      expect(await run).to.match(/terminat/);
      await client.query('COMMIT');
    });
    expect(await owners()).to.deep.equal(['postgres', 'postgres']);
    await prepareDatabase(superuserUrl, urlOf(oldName()));
    expect(await owners()).to.deep.equal([role, role]);
  });

  it('may run many times and at once; the last password counts, and rights that were given are taken', async () => {
    await prepareDatabase(superuserUrl, urlOf(oldName()));
    await old.query(`ALTER ROLE "${role}" SUPERUSER`);
    await Promise.all([1, 2, 3].map(() => prepareDatabase(superuserUrl, urlOf(oldName()))));
    await prepareDatabase(superuserUrl, urlOf(oldName(), 'another'));
    expect(await refusal(urlOf(oldName()), 'SELECT 1')).to.contain('password authentication failed');
    const [own] = await ask(urlOf(oldName(), 'another'), `SELECT current_setting('is_superuser') AS superuser`);
    expect(own).to.deep.equal({ superuser: 'off' });
  });

  it('refuses the superuser itself, and a URL without a role, a password or a database', async () => {
    const why = (url: string) => prepareDatabase(superuserUrl, url).catch(({ message }: Error) => message);
    expect(await why(superuserUrl)).to.contain('postgres, which is the superuser');
    for (const url of ['postgres://127.0.0.1/x', 'postgres://a@127.0.0.1/x', 'postgres://a:b@127.0.0.1']) {
      expect(await why(url), url).to.contain('must name a role, its password and a database');
    }
  });
});
