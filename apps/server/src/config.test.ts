import { ConfigError } from '@showroom/app';
import { expect } from 'chai';
import { parseConfig } from './config.js';

const needed = { DATABASE_URL: 'postgres://localhost/showroom' };

describe('server config', () => {
  it('lets in with care when nothing is set', () => {
    const { settings, corsOrigins, trustProxy, steeringConnections, readTimeoutMs } = parseConfig(needed);
    expect({ steeringConnections, readTimeoutMs }).to.deep.equal({ steeringConnections: 2, readTimeoutMs: 10_000 });
    expect(settings).to.deep.equal({
      passwordMinLength: 1,
      wrongPasswords: 10,
      sessionMs: 43_200_000,
      tokenCallsPerMinute: 6_000,
      importMaxBytes: 536_870_912,
      liveStreamsPerUser: 20,
      liveStreams: 1_000,
      importsAtOnce: 2,
      importWaitMs: 60_000,
      importSpoolBytes: 1_073_741_824,
    });
    expect(corsOrigins).to.deep.equal([]);
    expect(trustProxy).to.equal(undefined);
  });

  it('reads what is set', () => {
    const config = parseConfig({
      ...needed,
      PASSWORD_MIN_LENGTH: '12',
      WRONG_PASSWORDS: '3',
      SESSION_MINUTES: '30',
      TOKEN_CALLS_PER_MINUTE: '60',
      IMPORT_MAX_MB: '10',
      LIVE_STREAMS_PER_USER: '3',
      LIVE_STREAMS: '50',
      IMPORTS_AT_ONCE: '4',
      IMPORT_SPOOL_MB: '20',
      STEERING_CONNECTIONS: '5',
      READ_TIMEOUT_MS: '2500',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:3000',
      TRUST_PROXY: '10.0.0.0/8, ::1',
      ADMIN_USERNAME: 'ａｄｍｉｎ',
    });
    expect(config.settings).to.deep.equal({
      passwordMinLength: 12,
      wrongPasswords: 3,
      sessionMs: 1_800_000,
      tokenCallsPerMinute: 60,
      importMaxBytes: 10_485_760,
      liveStreamsPerUser: 3,
      liveStreams: 50,
      importsAtOnce: 4,
      importWaitMs: 60_000,
      importSpoolBytes: 20_971_520,
    });
    expect(config).to.include({ steeringConnections: 5, readTimeoutMs: 2_500 });
    expect(config.corsOrigins).to.deep.equal(['https://app.example.com', 'http://localhost:3000']);
    expect(config.trustProxy).to.deep.equal(['10.0.0.0/8', '::1']);
    expect(config.admin.username).to.equal('admin');
  });

  for (const [variable, wrong] of [
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['ADMIN_USERNAME', '．.'],
    ['ADMIN_USERNAME', ' bob '],
    ['ADMIN_USERNAME', 'root2/..'],
    ['ADMIN_USERNAME', 'x'.repeat(151)],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', 'proxy.example.com'],
    ['PASSWORD_MIN_LENGTH', '0'],
    ['PASSWORD_MIN_LENGTH', '129'],
    ['WRONG_PASSWORDS', '0'],
    ['SESSION_MINUTES', '-1'],
    ['TOKEN_CALLS_PER_MINUTE', 'many'],
    ['LIVE_STREAMS_PER_USER', '0'],
    ['LIVE_STREAMS', '100001'],
    ['IMPORTS_AT_ONCE', '0'],
    ['IMPORT_SPOOL_MB', '-1'],
    ['STEERING_CONNECTIONS', '0'],
    ['STEERING_CONNECTIONS', '101'],
    ['STEERING_CONNECTIONS', 'two'],
    ['READ_TIMEOUT_MS', '99'],
    ['READ_TIMEOUT_MS', '600001'],
    ['READ_TIMEOUT_MS', '1.5'],
  ]) {
    it(`says what is wrong with ${variable}=${wrong}`, () => {
      const sentence = new RegExp(`^${variable}[.\\d]* is wrong: [^\\n]+\\.$`);
      expect(() => parseConfig({ ...needed, [variable!]: wrong })).to.throw(ConfigError, sentence);
    });
  }
});
