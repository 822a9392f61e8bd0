import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';

const script = readFileSync(join(import.meta.dirname ?? 'deploy', 'mongo-ready.js'), 'utf8');

/**
 * What mongosh and a mongod with a key file answer to the script. Without any user, mongod lets a caller from its own
 * machine initiate the set and create a user of `admin`, and nothing else.
 */
function createMongod({ isPrimary = false, hasSet = false } = {}) {
  const users = new Map<string, { pwd: string; roles: unknown[] }>();
  const state = { isPrimary, hasSet, initiated: 0 };
  function open() {
    let signedIn: string | null = null;
    const may = (isAllowed: boolean) => {
      if (!isAllowed) throw new Error('not authorized');
    };
    const getSiblingDB = (name: string) => ({
      runCommand(command: { hello?: 1; replSetInitiate?: object }) {
        if (command.hello) return { isWritablePrimary: state.isPrimary };
        may(users.size === 0);
        if (state.hasSet) throw new Error('already initialized');
        state.hasSet = true;
        state.initiated += 1;
        return { ok: 1 };
      },
      auth(user: string, password: string) {
        if (users.get(`${name}.${user}`)?.pwd !== password) throw new Error('Authentication failed.');
        signedIn = `${name}.${user}`;
        return { ok: 1 };
      },
      getUser(user: string) {
        may(signedIn === 'admin.root');
        return users.get(`${name}.${user}`) ?? null;
      },
      createUser({ user, pwd, roles }: { user: string; pwd: string; roles: unknown[] }) {
        may(signedIn === 'admin.root' || (users.size === 0 && name === 'admin'));
        users.set(`${name}.${user}`, { pwd, roles });
      },
      updateUser(user: string, change: { pwd: string; roles: unknown[] }) {
        may(signedIn === 'admin.root');
        users.set(`${name}.${user}`, change);
      },
    });
    return { getSiblingDB };
  }
  return { users, state, open };
}

class Quit {
  constructor(readonly code: number) {}
}

/** Runs the script as the health check does, and gives its exit code. */
function check(
  mongod: ReturnType<typeof createMongod>,
  environment = { MONGO_ROOT_PASSWORD: 'r', MONGO_PASSWORD: 'p' },
) {
  const quit = (code: number) => {
    throw new Quit(code);
  };
  try {
    runInNewContext(script, { db: mongod.open(), quit, process: { env: environment } });
    return 0;
  } catch (error) {
    if (error instanceof Quit) return error.code;
    return 1; // mongosh ends with it, too, when a script throws
  }
}

describe('mongo-ready', () => {
  const rights = [{ role: 'readWrite', db: 'showroom' }];

  it('makes the set, then the users, and then only looks', () => {
    const mongod = createMongod();
    expect(check(mongod)).to.equal(1);
    expect(check(mongod)).to.equal(1);
    expect(mongod.state.initiated).to.equal(1);
    mongod.state.isPrimary = true;
    expect(check(mongod)).to.equal(0);
    expect([...mongod.users]).to.deep.equal([
      ['admin.root', { pwd: 'r', roles: ['root'] }],
      ['showroom.showroom', { pwd: 'p', roles: rights }],
    ]);
    expect(check(mongod)).to.equal(0);
  });

  it('gives users to a volume of the version without any', () => {
    const mongod = createMongod({ hasSet: true });
    expect(check(mongod)).to.equal(1);
    mongod.state.isPrimary = true;
    expect(check(mongod)).to.equal(0);
    expect(mongod.users.get('showroom.showroom')?.roles).to.deep.equal(rights);
  });

  it('goes on where it was killed between the two users, and takes over a new password', () => {
    const mongod = createMongod({ hasSet: true, isPrimary: true });
    mongod.users.set('admin.root', { pwd: 'r', roles: ['root'] });
    expect(check(mongod)).to.equal(0);
    expect(check(mongod, { MONGO_ROOT_PASSWORD: 'r', MONGO_PASSWORD: 'new' })).to.equal(0);
    expect(mongod.users.get('showroom.showroom')?.pwd).to.equal('new');
  });

  it('is not ready when it knows neither password', () => {
    const mongod = createMongod({ hasSet: true, isPrimary: true });
    check(mongod);
    expect(check(mongod, { MONGO_ROOT_PASSWORD: 'x', MONGO_PASSWORD: 'y' })).to.equal(1);
  });
});
