import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

/**
 * Somebody guesses at an account from its owner's own address, for example behind the same router. `api` remembers the
 * right password for a minute, `other` does not know it.
 */
describe('an address that signed in to an account', function () {
  this.timeout(60_000);
  const home = '203.0.113.7';
  let api: TestApi;
  let other: TestApi;
  beforeEach(async () => {
    api = await startApi({}, { trustProxy: '127.0.0.1' });
    other = await startApi({}, { trustProxy: '127.0.0.1', beside: api });
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  afterEach(async () => {
    await other.stop();
    await api.stop();
  });

  const attempt = async (password: string, { from = home, at = api, username = 'ivan' } = {}) => {
    const startedAt = performance.now();
    const headers = { authorization: '', 'x-forwarded-for': from };
    const answer = await at.rest('POST', '/auth/login/', { username, password }, headers);
    return { ...answer, ms: performance.now() - startedAt };
  };
  const statusesOf = async (attempts: Promise<{ status: number }>[]) =>
    (await Promise.all(attempts)).map(({ status }) => status);
  /** Uses up the wrong passwords of the account at this address. */
  const useUp = async (from = home, at = api) => {
    const guesses = Array.from({ length: 11 }, (_, i) => attempt(`guess ${i}`, { from, at }));
    const statuses = await statusesOf(guesses);
    expect(statuses.filter((status) => status === 401).length).to.be.at.least(10);
  };

  it('keeps an attempt after ten wrong passwords, at every server, whichever it signed in at', async () => {
    expect((await attempt('secret')).status).to.equal(200);
    await useUp(home, other);
    expect((await attempt('wrong', { at: other })).status).to.equal(401);
    expect((await attempt('secret', { at: other })).status).to.equal(200);
    expect((await attempt('wrong again', { at: other })).status).to.equal(401);
    expect((await attempt('secret', { at: other })).status).to.equal(200);
  });

  it('tells nobody above the limit that a password is right sooner than that it is wrong', async () => {
    expect((await attempt('secret')).status).to.equal(200);
    await useUp();
    for (let round = 0; round < 3; round++) {
      const guesses = Array.from({ length: 12 }, (_, i) => attempt(`round ${round}, guess ${i}`));
      expect((await attempt('secret')).status, 'the queue is full').to.equal(429);
      await Promise.all(guesses);
      expect((await attempt('secret')).status, 'nobody waits').to.equal(200);
    }
  });

  it('has no fast attempts again when its owner is let in above the limit', async () => {
    await attempt('secret');
    await useUp(home, other);
    expect((await attempt('secret', { at: other })).status).to.equal(200);
    const guesses = Array.from({ length: 20 }, (_, i) => attempt(`after that ${i}`, { at: other }));
    const judged = (await statusesOf(guesses)).filter((status) => status === 401);
    expect(judged.length).to.be.within(1, 5);
  });

  it('hears of an outdated password at once, and leaves the turn to others', async () => {
    await attempt('secret');
    await attempt('outdated');
    await useUp();
    const outdated = await Promise.all(Array.from({ length: 20 }, () => attempt('outdated')));
    expect(outdated.map(({ status }) => status)).to.deep.equal(Array(20).fill(401));
    expect((await attempt('secret')).status).to.equal(200);
  });

  it('costs half a second for each wrong password, one at a time, over all servers', async () => {
    await attempt('secret');
    await Promise.all([useUp(home, api), useUp(home, other)]);
    const startedAt = performance.now();
    const guesses = Array.from({ length: 60 }, (_, i) => attempt(`more ${i}`, { at: i % 2 ? api : other }));
    const judged = (await statusesOf(guesses)).filter((status) => status === 401).length;
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(judged).to.be.within(1, 40);
    expect(judged, `${judged} guesses in ${seconds} s`).to.be.at.most(2 * seconds + 0.1);
    expect((await attempt('one more')).ms).to.be.at.least(495);
  });

  it('lets its owner in between the guesses of a neighbour', async () => {
    await attempt('secret');
    await useUp(home, other);
    const guesses = ['a', 'b', 'c'].map((guess) => attempt(guess, { at: other }));
    expect((await attempt('secret', { at: other })).status).to.equal(200);
    expect(await statusesOf(guesses)).to.deep.equal([401, 401, 401]);
  });

  it('tells who finds no turn when to come again', async () => {
    await attempt('secret');
    await useUp();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => attempt(`flood ${i}`)));
    const held = answers.filter(({ status }) => status === 429);
    expect(held.length).to.be.at.least(10);
    for (const { headers } of held) expect(headers.get('retry-after')).to.equal('1');
  });

  it('gives nothing to other addresses, and nothing for other accounts', async () => {
    await attempt('secret');
    const stranger = '198.51.100.1';
    await useUp(stranger);
    for (const password of ['wrong', 'secret']) {
      const held = await attempt(password, { from: stranger });
      expect(held.status).to.equal(429);
      expect(Number(held.headers.get('retry-after'))).to.be.greaterThan(1);
    }
    await api.rest('POST', '/users/', { username: 'petr', password: 'secret' });
    const guesses = Array.from({ length: 11 }, (_, i) => attempt(`guess ${i}`, { username: 'petr' }));
    await Promise.all(guesses);
    expect((await attempt('secret', { username: 'petr' })).status).to.equal(429);
  });

  it('is its whole /64 in IPv6, and no other', async () => {
    await attempt('secret', { from: '2001:db8:1:2::1' });
    await useUp('2001:db8:1:2::2');
    expect((await attempt('secret', { from: '[2001:db8:1:2::3]:443' })).status).to.equal(200);
    await useUp('2001:db8:1:3::1');
    expect((await attempt('secret', { from: '2001:db8:1:3::1' })).status).to.equal(429);
  });

  for (const [what, change] of [
    ['a day has passed', `UPDATE known_addresses SET signed_in_at = signed_in_at - interval '24 hours'`],
    ['the password has changed', { password: 'better' }],
    ['the user was switched off', { is_active: false }],
  ] as const) {
    it(`is known no longer when ${what}`, async () => {
      await attempt('secret');
      if (typeof change === 'string') await api.query(change);
      else await api.rest('PATCH', '/users/ivan/', change);
      if ('is_active' in Object(change)) await api.rest('PATCH', '/users/ivan/', { is_active: true });
      const password = 'password' in Object(change) ? 'better' : 'secret';
      for (const at of [api, other]) {
        await useUp(home, at);
        expect((await attempt(password, { at })).status).to.equal(429);
      }
    });
  }

  it('stays known to an owner who changes the password there, and to nobody elsewhere', async () => {
    const away = '198.51.100.7';
    await attempt('secret');
    await attempt('secret', { from: away });
    const headers = { authorization: api.basic('ivan', 'secret'), 'x-forwarded-for': home };
    expect((await api.rest('PATCH', '/auth/me/', { password: 'better' }, headers)).status).to.equal(200);
    await useUp(home, other);
    expect((await attempt('better', { at: other })).status).to.equal(200);
    await useUp(away, other);
    expect((await attempt('better', { from: away, at: other })).status).to.equal(429);
  });

  it('gets its turn back when a server died during an attempt', async () => {
    await attempt('secret');
    await useUp(home, other);
    const die = (until: string) => api.query(`UPDATE known_addresses SET attempt_until = clock_timestamp() + ${until}`);
    await die(`interval '10 seconds'`);
    expect((await attempt('secret', { at: other })).status).to.equal(429);
    await die(`interval '-1 second'`);
    expect((await attempt('secret', { at: other })).status).to.equal(200);
  });

  it('is one of a hundred at most, and is cleared away after a day', async () => {
    await api.query(`
      INSERT INTO known_addresses (user_id, network, signed_in_at)
      SELECT id, '10.0.0.' || n, now() - n * interval '1 minute' FROM users, generate_series(1, 150) n
      WHERE username = 'ivan'
      UNION ALL
      SELECT id, 'old ' || n, now() - interval '25 hours' FROM users, generate_series(1, 50) n WHERE username = 'admin'`);
    await attempt('secret');
    const kept = await api.query<{ network: string }>('SELECT network FROM known_addresses ORDER BY signed_in_at DESC');
    const ivans = kept.map(({ network }) => network).filter((network) => network !== '127.0.0.1');
    expect(ivans).to.have.length(100);
    expect(ivans[0]).to.equal(home);
    expect(ivans[99]).to.equal('10.0.0.99');
  });

  it('counts as one spelling of the name, however a guesser writes it', async () => {
    const spellings = ['ivan', 'ｉvan', 'iｖan', 'ivａn', 'ivaｎ', 'ｉｖan'];
    const guesses = Array.from({ length: 60 }, (_, i) =>
      attempt(`guess ${i}`, { username: spellings[i % spellings.length]! }),
    );
    const judged = (await statusesOf(guesses)).filter((status) => status === 401);
    expect(judged).to.have.length(10);
  });
});
