import { expect } from 'chai';
import { toBanner } from './banner.js';

const facts = {
  serverUrl: 'http://127.0.0.1:8005',
  probeUrl: 'http://127.0.0.1:8006',
  providerUrl: 'http://127.0.0.1:8006',
  dataDir: '/data',
  postgresDir: '/data/postgres',
};

describe('banner', () => {
  it('shows a password that was just made up, and uses it in the example', () => {
    const banner = toBanner({ ...facts, admin: { username: 'root', password: 'abc' } });
    expect(banner).to.match(/Admin +root, password abc .*only this once/);
    expect(banner).to.contain(`curl -u 'root:abc' `);
  });

  it('lets curl ask for a password that it does not know', () => {
    const banner = toBanner({ ...facts, admin: { username: 'root', password: null } });
    expect(banner).to.match(/Admin +root, password unchanged\n/);
    expect(banner).to.contain(`curl -u 'root' `);
  });
});
