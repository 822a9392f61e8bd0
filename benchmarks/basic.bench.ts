import { Agent, get } from 'node:http';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';

const users = 400;
const callers = 16;

/*
 * What HTTP Basic with every request costs: the first request of each of many users takes an argon2, later ones are
 * remembered for a minute. The same requests to the same server, one after the other.
 */
describe('HTTP Basic', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let server: TestProcess;
  let url: string;
  before(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'pw' };
    server = startApp('apps/server/dist/main.js', environment);
    url = String((await server.ready()).url);
    await database.query(`
      INSERT INTO users (username, password, is_superuser)
      SELECT 'user' || n, (SELECT password FROM users WHERE username = 'admin'), true
      FROM generate_series(1, ${users}) n`);
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  it('is remembered', async () => {
    const first = await measure(users, users);
    const later = await measure(12_000, users);
    const one = await measure(12_000, 1);
    const lines = [
      `first request of each of ${users} users: ${first.toFixed(0)} requests/s`,
      `every later request: ${later.toFixed(0)} requests/s, ${(later / first).toFixed(1)} times as many`,
      `all requests of one user: ${one.toFixed(0)} requests/s, ${(one / first).toFixed(1)} times as many`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });

  async function measure(count: number, differentUsers: number): Promise<number> {
    const agent = new Agent({ keepAlive: true, maxSockets: callers });
    let next = 0;
    async function call(): Promise<void> {
      while (next < count) await readTags(agent, `user${(next++ % differentUsers) + 1}`);
    }
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: callers }, call));
    const seconds = (performance.now() - startedAt) / 1_000;
    agent.destroy();
    return count / seconds;
  }

  const readTags = (agent: Agent, username: string) =>
    new Promise<void>((resolve, reject) => {
      get(`${url}/api/v1/tags/`, { agent, auth: `${username}:pw` }, (response) => {
        response.resume().on('end', resolve);
        if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
      }).on('error', reject);
    });
});
