import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

describe('probe process', () => {
  let child: ChildProcess;
  afterEach(() => child.kill('SIGKILL'));

  /** Starts the real program, as its supervisor does. */
  function start(env: NodeJS.ProcessEnv): void {
    child = fork(MAIN, {
      execArgv: ['--conditions=showroom-src', '--import', 'tsx'],
      env: { ...process.env, ...env },
      silent: true,
    });
  }

  async function ready(): Promise<string> {
    const [message] = (await once(child, 'message')) as [{ ready: boolean; url: string }];
    expect(message.ready).to.equal(true);
    return message.url;
  }

  it('tells its parent when and where it listens, with the settings of its environment', async () => {
    start({ PORT: '0', PROBE_TOKEN: 'secret', PROBE_FAULTS: '{"refused_400":1}' });
    const url = await ready();
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    expect((await send(url, 'wrong')).status).to.equal(401);
    expect((await send(url, 'secret')).status).to.equal(400);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`closes and exits with 0 on ${signal}, though a request hangs and the signal comes twice`, async () => {
      start({ PORT: '0', PROBE_FAULTS: '{"hang":1}' });
      const hanging = send(await ready(), 'any').catch((error: Error) => error.name);
      child.kill(signal);
      child.kill(signal);
      expect(await once(child, 'exit')).to.deep.equal([0, null]);
      expect(await hanging).to.equal('TypeError');
    });
  }

  it('exits when its parent is gone', async () => {
    start({ PORT: '0' });
    await ready();
    child.disconnect();
    expect(await once(child, 'exit')).to.deep.equal([0, null]);
  });

  it('exits when its parent is gone before it listens', async () => {
    start({ PORT: '0' });
    child.disconnect();
    expect(await once(child, 'exit')).to.deep.equal([0, null]);
  });

  it('exits with 1 and says what is wrong with its settings', async () => {
    start({ PORT: 'eight', PROBE_FAULTS: '{"hang":2}' });
    const said: Buffer[] = [];
    child.stderr!.on('data', (chunk: Buffer) => said.push(chunk));
    expect(await once(child, 'close')).to.deep.equal([1, null]);
    expect(Buffer.concat(said).toString()).to.match(/^PORT is wrong: .+\.\nPROBE_FAULTS\.hang is wrong: .+\.\n$/);
  });
});

function send(url: string, token: string): Promise<Response> {
  return fetch(`${url}/v1/send/1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, phone: 79_001_234_567, text: 'Hello' }),
  });
}
