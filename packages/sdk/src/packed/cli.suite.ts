import { join } from 'node:path';
import { expect } from 'chai';
import { type Packed, root, run, type Service } from './packed.suite.js';

/** The CLI as it is published, on the SDK as it is published. */
export function describeCli(packed: () => Packed, service: () => Service): void {
  it('is what the packed CLI runs on', async () => {
    const cli = join(root, 'packages/cli');
    const { folder, add } = packed();
    await run('npm', ['run', 'build'], { cwd: cli });
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: cli });
    await add(join(folder, stdout.trim()));
    const { url, token } = service();
    const env = { PATH: process.env.PATH, HOME: folder, SHOWROOM_URL: url, SHOWROOM_TOKEN: token };
    const told = await run(join(folder, 'node_modules/.bin/showroom'), ['statistic', '--json'], { env });
    expect(JSON.parse(told.stdout)).to.have.property('mailings').that.is.a('number');
  });
}
