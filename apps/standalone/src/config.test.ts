import path from 'node:path';
import { expect } from 'chai';
import { parseConfig } from './config.js';

describe('standalone config', () => {
  it('needs nothing', () => {
    expect(parseConfig({})).to.eql({
      host: '127.0.0.1',
      port: 8005,
      dataDir: path.resolve('.showroom'),
      databaseUrl: undefined,
      providerUrl: undefined,
      providerToken: undefined,
      probePort: 8006,
      logLevel: 'warn',
      isRunByNpm: false,
      environment: {},
    });
  });

  it('passes on what it does not know, and takes empty as unset', () => {
    const { environment, databaseUrl } = parseConfig({ SEND_CONCURRENCY: '7', DATABASE_URL: '' });
    expect(environment).to.eql({ SEND_CONCURRENCY: '7' });
    expect(databaseUrl).to.equal(undefined);
  });

  it('says a sentence per wrong variable', () => {
    expect(() => parseConfig({ PORT: '70000', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' })).to.throw(
      /^PORT is wrong: .*\nDATABASE_URL is wrong: .*\nLOG_LEVEL is wrong: .*$/,
    );
  });

  it('takes a provider of your own, with a token or without', () => {
    expect(parseConfig({ PROVIDER_URL: 'https://sms.example' }).providerToken).to.equal(undefined);
    expect(parseConfig({ PROVIDER_URL: 'https://sms.example', PROVIDER_TOKEN: 'x' }).providerToken).to.equal('x');
  });
});
