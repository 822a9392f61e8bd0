import { expect } from 'chai';
import { z } from 'zod';
import { ConfigError, parseEnvironment, variables } from './environment.js';
import { hostnameOf, localHosts } from './hosts.js';

describe('hostnameOf', () => {
  it('names the host without its port', () => {
    for (const host of [
      '127.0.0.1',
      '127.0.0.1:8006',
      'localhost',
      'LOCALHOST:1',
      'localhost:',
      '[::1]',
      '[::1]:8006',
    ]) {
      expect(localHosts, host).to.include(hostnameOf(host));
    }
    expect(hostnameOf('Probe_1:8006')).to.equal('probe_1');
  });

  it('names no local host where the header only looks like one', () => {
    for (const host of [
      ...['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'localhost.', '0.0.0.0', '[::]', '[::2]'],
      ...['127.1', '2130706433', '0x7f000001', '127.000.000.001'],
      ...[
        'evil@localhost',
        'localhost@evil',
        'localhost/',
        'localhost#',
        'localhost?',
        'localhost\\',
        'a b',
        'a,localhost',
      ],
      ...[
        'localhost:99999',
        'localhost:8006:1',
        '::1',
        '[::1',
        '[::1]x',
        '%6cocalhost',
        'ｌocalhost',
        ' localhost',
        '',
        undefined,
      ],
    ]) {
      expect(localHosts, host).not.to.include(hostnameOf(host));
    }
  });
});

describe('a variable with hosts', () => {
  const read = (text: string) => parseEnvironment(z.object({ HOSTS: variables.hosts }), { HOSTS: text }).HOSTS;

  it('is a list of names and addresses without ports', () => {
    expect(read('probe, Probe.Example ,10.0.0.7,[fd00::7]')).to.deep.equal([
      'probe',
      'probe.example',
      '10.0.0.7',
      '[fd00::7]',
    ]);
  });

  it('refuses what is no host, and names it', () => {
    for (const wrong of ['*', 'probe:8006', 'http://probe', 'a,,b', 'fd00::7', '.example/']) {
      expect(() => read(wrong), wrong).to.throw(ConfigError, /HOSTS.* is wrong: expected names/);
    }
  });
});
