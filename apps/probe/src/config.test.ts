import { ConfigError } from '@showroom/app';
import { expect } from 'chai';
import { parseConfig } from './config.js';

describe('probe config', () => {
  it('listens on 127.0.0.1:8006 and takes any token when nothing is set, or set to nothing', () => {
    const defaults = { host: '127.0.0.1', port: 8006, token: undefined, faults: undefined, hosts: [] };
    expect(parseConfig({})).to.deep.equal(defaults);
    expect(parseConfig({ HOST: '', PORT: '', PROBE_TOKEN: '', PROBE_FAULTS: '', PROBE_HOSTS: '' })).to.deep.equal(
      defaults,
    );
  });

  it('reads what is set', () => {
    const config = parseConfig({
      HOST: '::1',
      PORT: '0',
      PROBE_TOKEN: 'secret',
      PROBE_FAULTS: '{"hang":0.5,"seed":3}',
      PROBE_HOSTS: 'probe, probe.example',
    });
    expect(config).to.deep.include({ host: '::1', port: 0, token: 'secret', hosts: ['probe', 'probe.example'] });
    expect(config.faults).to.include({ hang: 0.5, seed: 3, error_500: 0, delay_ms: 0 });
  });

  it('says what is wrong, a sentence for each variable', () => {
    const wrong = { PORT: '80a', PROBE_TOKEN: 'a b', PROBE_FAULTS: '{"hang":2}' };
    expect(() => parseConfig(wrong)).to.throw(
      ConfigError,
      /^PORT is wrong: .+\.\nPROBE_TOKEN is wrong: .+\.\nPROBE_FAULTS\.hang is wrong: .+\.$/,
    );
    expect(() => parseConfig({ PORT: '65536' })).to.throw(ConfigError, /^PORT is wrong: [^\n]+\.$/);
    expect(() => parseConfig({ PROBE_FAULTS: '{' })).to.throw(
      ConfigError,
      /^PROBE_FAULTS is wrong: it is no JSON .+\.$/,
    );
  });
});
