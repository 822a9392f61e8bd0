import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { hashPassword, isPassword } from './password.js';

/** Made by Python's hashlib, as Django calls it: of `секрет`. */
const djangos = 'pbkdf2_sha256$260000$seasalt123456789012345$VTDz69HOc3NQ9CmIgDoxBduj38dZahMo/ZdMIE6YdlA=';

describe('passwords', () => {
  it('match the hash that was made of them, and no other', async () => {
    const hashed = await hashPassword('secret');
    expect(hashed).to.match(/^\$argon2id\$/);
    expect(await isPassword('secret', hashed)).to.equal(true);
    expect(await isPassword('Secret', hashed)).to.equal(false);
  });

  it('match a hash that Django made', async () => {
    expect(await isPassword('секрет', djangos)).to.equal(true);
    expect(await isPassword('secret', djangos)).to.equal(false);
  });

  for (const hashed of ['', 'secret', '!', djangos.slice(0, -1), djangos.replace('260000', '0'), 'md5$a$b']) {
    it(`match nothing that is no hash: ${hashed}`, async () => {
      for (const password of ['', 'secret', 'секрет', hashed]) {
        expect(await isPassword(password, hashed)).to.equal(false);
      }
    });
  }

  describe('of users who were brought over', () => {
    let api: TestApi;
    before(async () => {
      api = await startApi();
      await api.rest('POST', '/users/', { username: 'ivan', password: 'x', is_superuser: true });
    });
    after(() => api.stop());

    const passwordOfIvan = async () =>
      (await api.query<{ password: string }>(`SELECT password FROM users WHERE username = 'ivan'`))[0]!.password;
    const statusAs = async (password: string) =>
      (await api.rest('GET', '/tags/', undefined, { authorization: api.basic('ivan', password) })).status;

    beforeEach(() => api.query(`UPDATE users SET password = '${djangos}' WHERE username = 'ivan'`));

    it('open the door, and are hashed anew', async () => {
      expect(await statusAs('секрет')).to.equal(200);
      expect(await passwordOfIvan()).to.match(/^\$argon2id\$/);
      expect(await statusAs('секрет')).to.equal(200);
      expect(await statusAs('secret')).to.equal(401);
    });

    it('stay as they are when a wrong one is tried', async () => {
      expect(await statusAs('secret')).to.equal(401);
      expect(await passwordOfIvan()).to.equal(djangos);
    });
  });
});
