import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { type SupervisedChild, type SupervisionTimes, superviseChild } from './children.js';
import { openJournal } from './fixtures/journal.js';

const entry = fileURLToPath(new URL('./fixtures/server.ts', import.meta.url));

describe('superviseChild', () => {
  let folder: string;
  let journal: ReturnType<typeof openJournal>;
  let child: SupervisedChild;
  let said: string[];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'children-test-'));
    journal = openJournal(path.join(folder, 'journal'));
    said = [];
  });

  afterEach(async () => {
    await child.stop();
    fs.rmSync(folder, { recursive: true });
  });

  function supervise(behaviour: string, times: Partial<SupervisionTimes> = {}): SupervisedChild {
    const environment = {
      ...process.env,
      PORT: '0',
      FAKE_JOURNAL: path.join(folder, 'journal'),
      FAKE_SERVER: behaviour,
    };
    const say = (line: string) => said.push(line);
    child = superviseChild({ name: 'server', entry, environment, say, times: { pauseMs: 10, ...times } });
    return child;
  }

  it('tells what the child said when it was ready', async () => {
    const ready = await supervise('good').ready;
    expect(ready.admin).to.eql({ username: 'admin', password: 'made-up' });
    expect(await textOf(ready.url)).to.equal('server');
  });

  it('starts a killed child again, at the same address', async () => {
    const { url } = await supervise('good').ready;
    const first = child.pid() as number;
    process.kill(first, 'SIGKILL');
    await waitFor(() => journal.after('server up').length === 2);
    expect(child.pid()).to.not.equal(first);
    expect(await textOf(url)).to.equal('server');
    expect(said).to.eql(['The server ended by SIGKILL; starting it again in 10 ms.']);
  });

  it('starts a child again that ended with code 0 unasked, and pauses longer each time', async () => {
    await supervise('good').ready;
    for (const lives of [1, 2]) {
      await waitFor(() => journal.after('server up').length === lives);
      process.kill(child.pid() as number, 'SIGTERM');
    }
    await waitFor(() => journal.after('server up').length === 3);
    expect(said).to.eql([
      'The server ended with code 0; starting it again in 10 ms.',
      'The server ended with code 0; starting it again in 20 ms.',
    ]);
  });

  it('gets over a failed start', async () => {
    const ready = await supervise('fails-first').ready;
    expect(await textOf(ready.url)).to.equal('server');
    expect(said).to.eql(['The server ended with code 3 before it was ready; starting it again in 10 ms.']);
  });

  it('gives up a child that fails at each start, and says why', async () => {
    const failure = await supervise('fails').ready.catch((error: Error) => error.message);
    expect(failure).to.match(/^The server ended with code 3 again and again before it was ready\./);
    expect(failure).to.contain('the server has no database');
    expect((await child.givenUp).message).to.equal(failure);
    expect(journal.pids()).to.have.length(3);
  });

  it('stops a child in good order', async () => {
    await supervise('good').ready;
    const pid = child.pid() as number;
    await child.stop();
    expect(journal.events()).to.eql(['server born', 'server up', 'server down']);
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('kills a child that does not listen', async () => {
    await supervise('deaf', { patienceMs: 100 }).ready;
    const pid = child.pid() as number;
    await child.stop();
    expect(journal.events()).to.eql(['server born', 'server up', 'server deaf']);
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('stops in the pause before a restart, and starts nothing after it', async () => {
    await supervise('good', { pauseMs: 60_000, maxPauseMs: 60_000 }).ready;
    process.kill(child.pid() as number, 'SIGKILL');
    await waitFor(() => said.length === 1);
    await child.stop();
    expect(journal.pids()).to.have.length(1);
  });

  it('rejects the wait for a child that is stopped before it is ready', async () => {
    const { ready } = supervise('mute');
    await waitFor(() => journal.pids().length === 1);
    await child.stop();
    expect(await ready.catch((error: Error) => error.message)).to.equal('server was stopped before it was ready');
  });
});

async function textOf(url: string | undefined): Promise<string> {
  return (await fetch(url as string)).text();
}
