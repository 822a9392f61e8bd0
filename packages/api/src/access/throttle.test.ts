import { expect } from 'chai';
import { type RestAnswer, startApi, type TestApi } from '../api.suite.js';
import { SignInThrottle } from './throttle.js';

describe('guessing passwords', function () {
  this.timeout(60_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  const tryBasic = (username: string, password: string) =>
    api.rest('GET', '/tags/', undefined, { authorization: api.basic(username, password) });
  const tryLogin = (username: string, password: string) =>
    api.rest('POST', '/auth/login/', { username, password }, { authorization: '' });
  const tryTrpc = async (username: string, password: string) => {
    const input = JSON.stringify({ json: { username, password } });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${api.origin}/trpc/auth.login`, { method: 'POST', body: input, headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const countOf = (answers: RestAnswer[]) => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('ends after ten, whether a thousand come at once or one by one, by whichever way; known or not', async () => {
    const ways = [tryBasic, tryLogin, tryTrpc];
    for (const username of ['ivan', 'nobody']) {
      const guesses = Array.from({ length: 1_000 }, (_, i) => ways[i % 3]!(username, `guess ${i}`));
      expect(countOf(await Promise.all(guesses)), username).to.deep.equal({ 401: 10, 429: 990 });
    }
    for (const attempt of ways) {
      const { status, headers } = await attempt('ivan', 'secret');
      expect(status, 'not even the right one tells that it is').to.equal(429);
      expect(Number(headers.get('retry-after'))).to.be.within(1, 300);
    }
  });

  it('answers an unknown account as it does a known one: words, headers and time', async () => {
    const timed = async (username: string) => {
      const startedAt = performance.now();
      const { status, headers, body } = await tryBasic(username, 'wrong');
      const names = [...headers.keys()].sort();
      return { ms: performance.now() - startedAt, answer: { status, names, body } };
    };
    const [known, unknown] = [await timed('admin'), await timed('nobody.else')];
    expect(known.answer).to.deep.equal(unknown.answer);
    expect(known.ms).to.be.within(495, 2_000);
    expect(unknown.ms).to.be.within(495, 2_000);
  });

  it('is none when the same wrong password is sent again and again, as programs do', async () => {
    const answers: RestAnswer[] = [];
    for (let i = 0; i < 30; i++) answers.push(await tryBasic('admin', 'outdated'));
    expect(countOf(answers)).to.deep.equal({ 401: 30 });
    expect((await tryBasic('admin', 'pw')).status).to.equal(200);
  });

  it('is recorded: each guess that was judged, and that it was stopped', async () => {
    const { body } = await api.rest('GET', '/audit/?action=refuse&user=ivan&limit=1000');
    const reasons = body.results.map(({ reason }: { reason: string }) => reason).sort();
    expect(reasons).to.deep.equal([...Array(10).fill('auth.failed'), 'request.throttled']);
    expect(body.results[0]).to.include({ operation: 'auth_login', resource: 'auth', address: '127.0.0.1' });
    expect(JSON.stringify(body)).not.to.contain('guess ');
  });
});

describe('the throttle of wrong passwords', () => {
  const isHeld = async (throttle: SignInThrottle, username: string, address: string, isKnown = false) =>
    (await throttle.take({ username, address, isKnown })) !== null;

  it('stops one address that tries many accounts, but not who signed in from there before', async () => {
    const throttle = new SignInThrottle(10);
    for (let i = 0; i < 100; i++) expect(await isHeld(throttle, `user ${i}`, 'shared')).to.equal(false);
    expect(await isHeld(throttle, 'user 100', 'shared')).to.equal(true);
    expect(await isHeld(throttle, 'admin', 'shared', true)).to.equal(false);
    expect(await isHeld(throttle, 'user 100', 'elsewhere')).to.equal(false);
  });

  it('stops many addresses that try one account, but not who signed in before', async () => {
    const throttle = new SignInThrottle(10);
    for (let i = 0; i < 100; i++) expect(await isHeld(throttle, 'admin', `bot ${i}`)).to.equal(false);
    expect(await isHeld(throttle, 'admin', 'bot 100')).to.equal(true);
    expect(await isHeld(throttle, 'admin', 'home', true)).to.equal(false);
  });

  it('takes a whole IPv6 network for one address, and an IPv4 address for itself however it is written', async () => {
    const throttle = new SignInThrottle(2);
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9']) await isHeld(throttle, 'admin', address);
    expect(await isHeld(throttle, 'admin', '2001:db8:1:2::abcd')).to.equal(true);
    expect(await isHeld(throttle, 'admin', '2001:db8:1:3::1')).to.equal(false);
    for (const address of ['192.0.2.1', '::ffff:192.0.2.1']) await isHeld(throttle, 'ivan', address);
    expect(await isHeld(throttle, 'ivan', '192.0.2.1')).to.equal(true);
    expect(await isHeld(throttle, 'ivan', '::ffff:192.0.2.2')).to.equal(false);
  });

  it('forgets wrong passwords when the right one comes', async () => {
    const throttle = new SignInThrottle(10);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) expect(await isHeld(throttle, 'admin', 'home')).to.equal(false);
      await throttle.succeeded({ username: 'admin', address: 'home', isKnown: false });
    }
  });
});
