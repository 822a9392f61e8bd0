import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

describe('the address of a client behind proxies', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({}, { trustProxy: '127.0.0.1, 10.0.0.0/8' });
  });
  after(() => api.stop());

  const addressOf = async (forwarded: string) => {
    await api.query('DELETE FROM audit');
    await api.rest('POST', '/tags/', { name: crypto.randomUUID() }, { 'x-forwarded-for': forwarded });
    const [entry] = await api.query<{ address: string }>('SELECT address FROM audit ORDER BY id DESC LIMIT 1');
    return entry?.address;
  };

  for (const [forwarded, address] of [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5060', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]:443', 'fe80::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['"192.0.2.1"', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
    ['  192.0.2.1\t', '192.0.2.1'],
    ['192.0.2.1,', '192.0.2.1'],
    ['192.0.2.1, , ', '192.0.2.1'],
    ['192.0.2.1:80, 10.0.0.2:4711', '192.0.2.1'],
    ['203.0.113.1, 192.0.2.1:80, 10.0.0.2:4711', '192.0.2.1'],
    ['unknown', '127.0.0.1'],
    ['192.0.2.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['192.0.2.1, 10.0.0.2, _hidden', '127.0.0.1'],
    ['unknown, 192.0.2.1', '192.0.2.1'],
    ['0x7f.1', '127.0.0.1'],
    ['192.0.2.1:', '127.0.0.1'],
    ['192.0.2.1:80:80', '127.0.0.1'],
    ['', '127.0.0.1'],
  ] as const) {
    it(`is ${address} in "${forwarded}"`, async () => {
      expect(await addressOf(forwarded)).to.equal(address);
    });
  }
});

describe('the address of a client that no trusted proxy stands before', () => {
  it('is that of the connection, whatever X-Forwarded-For says', async () => {
    const api = await startApi();
    await api.rest('POST', '/tags/', { name: 'vip' }, { 'x-forwarded-for': '192.0.2.1:80' });
    const [entry] = await api.query<{ address: string }>('SELECT address FROM audit ORDER BY id DESC LIMIT 1');
    expect(entry?.address).to.equal('127.0.0.1');
    await api.stop();
  });
});
