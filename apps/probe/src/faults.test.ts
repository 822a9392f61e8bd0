import { connect } from 'node:net';
import { expect } from 'chai';
import { createFaultSource, FAULT_NAMES, Faults } from './faults.js';
import { type OpenProbe, openProbe, until } from './probe.suite.js';

describe('probe dice', () => {
  const drawn = (faults: unknown, times: number) => {
    const source = createFaultSource(Faults.parse(faults));
    return Array.from({ length: times }, () => source.draw());
  };

  it('draws the same with the same seed, something else with another', () => {
    const shares = { error_500: 0.3, hang: 0.2, jitter_ms: 50 };
    expect(drawn({ ...shares, seed: 7 }, 100)).to.deep.equal(drawn({ ...shares, seed: 7 }, 100));
    expect(drawn({ ...shares, seed: 7 }, 100)).to.not.deep.equal(drawn({ ...shares, seed: 8 }, 100));
  });

  it('draws each fault as often as its share says', () => {
    const shares = Object.fromEntries(FAULT_NAMES.map((name, index) => [name, (index + 1) / 100]));
    const draws = drawn({ ...shares, seed: 1 }, 100_000);
    for (const [name, share] of Object.entries(shares)) {
      const times = draws.filter(({ fault }) => fault === name).length;
      expect(times / 100_000, name).to.be.closeTo(share, 0.005);
    }
  });

  it('waits from delay to delay + jitter, both included', () => {
    const waits = drawn({ delay_ms: 10, jitter_ms: 5, seed: 1 }, 1_000).map(({ waitMs }) => waitMs);
    expect([...new Set(waits)].sort()).to.deep.equal([10, 11, 12, 13, 14, 15]);
  });

  it('makes a seed up when none is given, and shows it', () => {
    const source = createFaultSource(Faults.parse({}));
    expect(source.current().seed).to.be.within(0, 2 ** 32 - 1);
  });
});

describe('probe faults', () => {
  let probe: OpenProbe;
  beforeEach(async () => {
    probe = await openProbe();
  });
  afterEach(() => probe.close());

  const set = (faults: unknown) => probe.call('PUT', '/faults', faults);

  it('shows, sets and clears the faults in force', async () => {
    const answer = (await (await set({ error_500: 0.25, delay_ms: 3, seed: 9 })).json()) as object;
    expect(answer).to.include({ error_500: 0.25, delay_ms: 3, seed: 9, hang: 0 });
    expect(await (await probe.call('GET', '/faults')).json()).to.deep.equal(answer);
    expect(await (await probe.call('DELETE', '/faults')).json()).to.include({ error_500: 0, delay_ms: 0 });
    expect((await probe.send(1)).status).to.equal(200);
  });

  it('starts with the faults it is given', async () => {
    const faulty = await openProbe({ faults: Faults.parse({ error_500: 1 }) });
    expect((await faulty.send(1)).status).to.equal(500);
    await faulty.close();
  });

  const wrong: Record<string, [faults: unknown, message: RegExp]> = {
    'a share over 1': [{ error_500: 1.5 }, /^error_500: .*<=1/],
    'a negative share': [{ hang: -0.1 }, /^hang: .*>=0/],
    'shares that add up to more than 1': [{ hang: 0.6, garbage: 0.6 }, /add up/],
    'a share that is no number': [{ garbage: 'often' }, /^garbage: .*number/],
    'a negative delay': [{ delay_ms: -1 }, /^delay_ms: /],
    'a delay that is no integer': [{ delay_ms: 1.5 }, /^delay_ms: .*int/],
    'an unknown fault': [{ explode: 1 }, /explode/],
    'no object': [[], /object/],
  };
  for (const [what, [faults, message]] of Object.entries(wrong)) {
    it(`answers 400 to ${what}, and keeps what was in force`, async () => {
      await set({ refused_400: 1 });
      const response = await set(faults);
      expect(response.status).to.equal(400);
      expect(await response.json())
        .to.have.property('message')
        .that.matches(message);
      expect(await (await probe.call('GET', '/faults')).json()).to.include({ refused_400: 1 });
    });
  }

  const refusals = {
    error_500: 500,
    busy_429: 429,
    garbage: 200,
    refused_code: 200,
    refused_400: 400,
    unauthorized_401: 401,
  };
  for (const [fault, status] of Object.entries(refusals)) {
    it(`answers ${status} to ${fault} and does not count the message as delivered`, async () => {
      await set({ [fault]: 1 });
      const response = await probe.send(1);
      expect(response.status).to.equal(status);
      const text = await response.text();
      if (fault === 'garbage') expect(() => JSON.parse(text)).to.throw(SyntaxError);
      else expect(JSON.parse(text).code).to.equal(fault === 'refused_code' ? 1 : status);
      expect(await probe.counts()).to.deep.include({ requests: 1, accepted: 0, unique: 0, answers: { [status]: 1 } });
      expect(await (await probe.call('GET', '/messages')).json()).to.deep.equal([]);
    });
  }

  it('says when to come back with busy_429 and retry_after_seconds, and only then', async () => {
    await set({ busy_429: 1, retry_after_seconds: 3 });
    expect((await probe.send(1)).headers.get('retry-after')).to.equal('3');
    await set({ busy_429: 1 });
    expect((await probe.send(1)).headers.has('retry-after')).to.equal(false);
  });

  it('answers no sooner than the delay', async () => {
    await set({ delay_ms: 120 });
    const startMs = performance.now();
    expect((await probe.send(1)).status).to.equal(200);
    expect(performance.now() - startMs).to.be.at.least(115);
  });

  it('keeps answers apart that wait at the same time', async () => {
    await set({ delay_ms: 200, jitter_ms: 50 });
    const statuses = await Promise.all(Array.from({ length: 30 }, async (_, id) => (await probe.send(id)).status));
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
    expect(await probe.counts()).to.include({ accepted: 30, in_flight: 0, max_in_flight: 30 });
  });

  it('counts a message at once, even if its sender does not wait for the answer', async () => {
    await set({ delay_ms: 600_000 });
    const impatient = new AbortController();
    const sent = probe.send(1, { signal: impatient.signal }).catch((error: Error) => error.name);
    await until(async () => (await probe.counts()).in_flight === 1);
    impatient.abort();
    expect(await sent).to.equal('AbortError');
    await until(async () => (await probe.counts()).in_flight === 0);
    expect(await probe.counts()).to.deep.include({ accepted: 1, answers: {}, max_in_flight: 1 });
  });

  it('hangs until the client goes, and has delivered nothing', async () => {
    await set({ hang: 1 });
    const sent = probe.send(1, { signal: AbortSignal.timeout(100) }).catch((error: Error) => error.name);
    await until(async () => (await probe.counts()).in_flight === 1);
    expect(await sent).to.equal('TimeoutError');
    await until(async () => (await probe.counts()).in_flight === 0);
    expect(await probe.counts()).to.deep.include({ requests: 1, accepted: 0, answers: {} });
  });

  it('lets go of hanging and waiting requests when it closes', async () => {
    const closing = await openProbe({ faults: Faults.parse({ hang: 0.5, delay_ms: 600_000, seed: 1 }) });
    const sent = Array.from({ length: 20 }, (_, id) => closing.send(id).catch((error: Error) => error.name));
    await until(async () => (await closing.counts()).in_flight === 20);
    await closing.close();
    expect(new Set(await Promise.all(sent))).to.deep.equal(new Set(['TypeError']));
  });

  it('resets the connection after it has accepted', async () => {
    await set({ reset_after_accept: 1 });
    const error = await probe.send(1).catch((thrown: Error) => thrown);
    expect(error).to.be.instanceOf(TypeError);
    expect((error as Error).cause).to.have.property('code', 'ECONNRESET');
    await until(async () => (await probe.counts()).in_flight === 0);
    expect(await probe.counts()).to.deep.include({ requests: 1, accepted: 1, unique: 1, answers: {} });
  });

  it('frees the requests that a pipelining client has queued behind a reset', async () => {
    await set({ reset_after_accept: 1, delay_ms: 50 });
    const socket = connect(probe.port, '127.0.0.1').on('error', () => undefined);
    for (let id = 1; id <= 30; id += 1) socket.write(rawRequest(id));
    await new Promise((resolve) => socket.once('close', resolve));
    await until(async () => (await probe.counts()).in_flight === 0);
    expect(await probe.counts()).to.include({ accepted: 30, max_in_flight: 30 });
  });

  it('meets the same faults again with the same seed', async () => {
    const statuses = async () => {
      await set({ error_500: 0.3, busy_429: 0.3, seed: 11 });
      const seen: number[] = [];
      for (let id = 1; id <= 40; id += 1) seen.push((await probe.send(id)).status);
      return seen;
    };
    const first = await statuses();
    expect(new Set(first)).to.deep.equal(new Set([200, 429, 500]));
    expect(await statuses()).to.deep.equal(first);
  });
});

function rawRequest(id: number): string {
  const body = JSON.stringify({ id, phone: 7, text: 'x' });
  const head = `POST /v1/send/${id} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer x\r\ncontent-type: application/json`;
  return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
