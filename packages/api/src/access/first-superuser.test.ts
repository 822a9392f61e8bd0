import { type Database, openDatabase } from '@showroom/database';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { ensureFirstSuperuser } from './first-superuser.js';
import { hashPassword, isPassword } from './password.js';

describe('the first superuser', () => {
  let test: TestDatabase;
  let database: Database;
  let usable: string;
  const warnings: string[] = [];
  const logger = { warn: (_: object, message: string) => void warnings.push(message) };
  before(async () => {
    test = await createTestDatabase();
    database = await openDatabase({ url: test.url });
    usable = await hashPassword('another');
  });
  after(async () => {
    await database.close();
    await test.drop();
  });
  beforeEach(async () => {
    await test.query('TRUNCATE users, audit RESTART IDENTITY CASCADE');
    warnings.length = 0;
  });

  const ensure = (wanted: { username?: string; password?: string } = {}) =>
    ensureFirstSuperuser(database, { username: 'admin', ...wanted }, logger);
  const insert = (user: { username: string; password?: string; isSuperuser?: boolean; isActive?: boolean }) =>
    database.users.create({ password: usable, isSuperuser: true, ...user });
  const users = () =>
    test.query<{ username: string; password: string; is_superuser: boolean; is_active: boolean }>(
      'SELECT username, password, is_superuser, is_active FROM users ORDER BY id',
    );
  const audit = () => test.query<Record<string, unknown>>('SELECT * FROM audit ORDER BY id');

  it('is created with the password that is given; the audit names the server, and the log warns', async () => {
    expect(await ensure({ password: 'pw' })).to.deep.equal({ username: 'admin', password: null });
    const [created, ...others] = await users();
    expect(others).to.deep.equal([]);
    expect(created).to.include({ username: 'admin', is_superuser: true, is_active: true });
    expect(await isPassword('pw', created!.password)).to.equal(true);
    const entries = await audit();
    expect(entries).to.have.length(1);
    expect(entries[0]).to.deep.include({ action: 'create', username: 'server', operation: 'server_start' });
    expect(entries[0]).to.deep.include({ resource: 'users', row_id: '1', token_id: null, old: null });
    expect(entries[0]!.new).to.deep.include({ id: 1, username: 'admin', is_superuser: true, is_staff: true });
    expect(JSON.stringify(entries)).not.to.match(/argon2|pw/);
    expect(warnings).to.deep.equal(['a superuser was created: no active superuser had a usable password']);
  });

  it('has a password made up, which is told once', async () => {
    const { password } = await ensure();
    expect(password).to.have.length(20);
    expect(await isPassword(password!, (await users())[0]!.password)).to.equal(true);
    expect(await ensure()).to.deep.equal({ username: 'admin', password: null });
    expect(await audit()).to.have.length(1);
    expect(warnings).to.have.length(1);
  });

  it('is not created again after its deletion while another superuser can sign in', async () => {
    await ensure({ password: 'pw' });
    await insert({ username: 'boss' });
    await test.query(`DELETE FROM users WHERE username = 'admin'`);
    warnings.length = 0;
    expect(await ensure({ password: 'pw' })).to.deep.equal({ username: 'boss', password: null });
    expect((await users()).map(({ username }) => username)).to.deep.equal(['boss']);
    expect(await audit()).to.have.length(1);
    expect(warnings).to.deep.equal([
      'ADMIN_PASSWORD was not used: an active superuser with another name has a usable password',
    ]);
  });

  it('is created again, each time with an entry and a warning, when nobody is left', async () => {
    for (const times of [1, 2]) {
      await ensure({ password: 'pw' });
      expect(await audit()).to.have.length(times);
      expect(warnings).to.have.length(times);
      await test.query('DELETE FROM users');
    }
  });

  for (const [who, other] of [
    ['an ordinary user', { isSuperuser: false }],
    ['a deactivated superuser', { isActive: false }],
    ['a superuser without a password', { password: '' }],
    ['a superuser with Django’s unusable password', { password: '!Xk2' }],
    ['a superuser with half a hash', { password: '$argon2id$v=19$m=19456,t=2,p=1$c2Fs' }],
    ['a superuser with a hash that we do not know', { password: 'md5$a$b' }],
  ] as const) {
    it(`is created beside ${who}`, async () => {
      await insert({ username: 'boss', ...other });
      await ensure({ password: 'pw' });
      expect((await users()).map(({ username }) => username)).to.deep.equal(['boss', 'admin']);
    });

    it(`does not take the name of ${who}, and says what to do`, async () => {
      await insert({ username: 'admin', ...other });
      const before = await users();
      expect(await ensure({ password: 'pw' })).to.deep.equal({ username: 'admin', password: null });
      expect(await users()).to.deep.equal(before);
      expect(await audit()).to.deep.equal([]);
      expect(warnings).to.deep.equal([
        'no active superuser has a usable password, and ADMIN_USERNAME belongs to an account that is not changed: set a free name',
      ]);
      await ensure({ username: 'rescue', password: 'pw' });
      expect((await users()).map(({ username }) => username)).to.deep.equal(['admin', 'rescue']);
    });
  }

  it('is not created beside a superuser with a password that Django hashed', async () => {
    await insert({ username: 'boss', password: `pbkdf2_sha256$260000$seasalt$${'A'.repeat(43)}=` });
    expect(await ensure({ password: 'pw' })).to.deep.equal({ username: 'boss', password: null });
    expect(await users()).to.have.length(1);
  });

  it('is one, however many servers start at once, whatever their names', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: test.url, poolSize: 1 })));
    const told = await Promise.all(
      databases.map((each, n) => ensureFirstSuperuser(each, { username: n % 2 ? 'admin' : 'boss' }, logger)),
    );
    await Promise.all(databases.map((each) => each.close()));
    const [created, ...others] = await users();
    expect(others).to.deep.equal([]);
    expect(new Set(told.map(({ username }) => username))).to.deep.equal(new Set([created!.username]));
    expect(told.filter(({ password }) => password !== null)).to.have.length(1);
    expect(await audit()).to.have.length(1);
    expect(warnings).to.have.length(1);
  });
});
