import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse as parseYaml } from 'yaml';
import { commands } from './commands.js';
import { readCopy, readDockerfile, readEnv, readExec } from './dockerfile.js';

/*
 * What can be told of the image and the compose file without Docker. That the image's steps do what they should is rehearsed: `npm run rehearse`.
 */
const root = join(import.meta.dirname ?? 'deploy', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const stages = readDockerfile(join(root, 'Dockerfile'));
const imageEnvironment = Object.assign(
  {},
  ...(stages.at(-1)?.steps ?? []).filter(({ keyword }) => keyword === 'ENV').map(readEnv),
);

/** The variables that some app knows, by what the table of the README says. */
const documented = new Set([...read('README.md').matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name!));

describe('the Dockerfile', () => {
  it('copies what is there, from stages that are', () => {
    const names = new Set<string>();
    for (const { name, steps } of stages) {
      for (const step of steps.filter(({ keyword }) => keyword === 'COPY')) {
        const { from, sources } = readCopy(step);
        if (from !== null) expect(names).to.include(from);
        else for (const source of sources) expect(existsSync(join(root, source)), source).to.equal(true);
      }
      names.add(name);
    }
  });

  it('builds with the turbo of the lock file, and one Node throughout', () => {
    const { devDependencies } = JSON.parse(read('package.json'));
    expect(read('Dockerfile')).to.contain(`turbo@${devDependencies.turbo} `);
    expect(new Set(stages.map(({ image }) => image)).size).to.equal(1);
  });

  it('runs as nobody in particular, and tells whether it lives', () => {
    const keywords = stages.at(-1)!.steps.map(({ keyword }) => keyword);
    expect(keywords).to.include.members(['USER', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']);
    const user = stages.at(-1)!.steps.find(({ keyword }) => keyword === 'USER')!.text;
    expect(user).to.match(/^[1-9]\d*:[1-9]\d*$/);
    const health = stages.at(-1)!.steps.find(({ keyword }) => keyword === 'HEALTHCHECK')!;
    expect(existsSync(join(root, readExec(health)[1]!))).to.equal(true);
  });

  it('refuses a command that it does not have', () => {
    const { status, stderr } = spawnSync('sh', ['deploy/entrypoint.sh', 'serve'], { cwd: root, encoding: 'utf8' });
    expect(status).to.equal(64);
    expect(stderr).to.contain("not 'serve'");
  });

  it('leaves out of its context what is not built', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '**/node_modules', '**/.env', '.showroom']) expect(ignored).to.include(name);
  });
});

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  networks?: string[];
  depends_on?: Record<string, { condition: string }>;
}

describe('compose.yaml', () => {
  const text = read('compose.yaml');
  const { services, networks } = parseYaml(text, { merge: true }) as {
    services: Record<string, Service>;
    networks: Record<string, { internal?: boolean } | null>;
  };
  const ours = Object.entries(services).filter(([, { image }]) => image === 'showroom');

  it('is what the Compose specification allows', () => {
    const { stdout, status } = spawnSync('npx', ['dclint', '--quiet', 'compose.yaml'], { cwd: root, encoding: 'utf8' });
    expect(status, stdout).to.equal(0);
  }).timeout(60_000);

  it('runs every part of the service', () => {
    expect(ours.map(([, { command }]) => command?.join(' '))).to.have.members(Object.keys(commands));
  });

  it('waits only for services that are there', () => {
    for (const { depends_on = {} } of Object.values(services)) {
      expect(Object.keys(services)).to.include.members(Object.keys(depends_on));
    }
  });

  for (const [name, { command, environment = {} }] of ours) {
    it(`gives ${name} settings that it understands, and no others`, () => {
      const { variables, parse } = commands[command![0]!]!;
      // NODE_OPTIONS is Node's own.
      const names = Object.keys(environment).filter((each) => each !== 'NODE_OPTIONS');
      expect(variables).to.include.members(names);
      expect([...documented]).to.include.members(names);
      const resolved = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, resolve(value, { required: 'made-up' })]),
      );
      expect(() => parse({ ...imageEnvironment, ...resolved })).not.to.throw();
    });
  }

  it('has no password of its own: each is required, and the refusal names the command that makes it', () => {
    const secret = /PASSWORD|TOKEN|SECRET|KEY/;
    const given = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const required = given.flatMap(([, value]) => [...String(value).matchAll(/\$\{(\w+):\?([^}]*)\}/g)]);
    for (const [, name, message] of required) expect(message, name).to.equal('run node deploy/write-env.mjs');
    for (const [key, value] of given.filter(([name]) => secret.test(name))) {
      expect(String(value), key).to.match(/^\$\{\w+(:\?[^}]+|:-)\}$/);
    }
    for (const [key, value] of given.filter(([, each]) => /:\/\/[^/]*@/.test(String(each)))) {
      expect(String(value), key).to.match(/:\/\/\w+:\$\{\w+:\?[^}]+\}@/);
    }
    const written = [...read('deploy/write-env.mjs').matchAll(/^ {2}([A-Z_]+): '/gm)].map(([, name]) => name);
    expect(new Set(required.map(([, name]) => name))).to.deep.equal(new Set(written));
  });

  it('lets only `prepare` be the superuser of PostgreSQL, and the probe reach no store', () => {
    for (const [name, { environment = {}, networks = [] }] of Object.entries(services)) {
      const isSuperuser = Object.values(environment).some((value) => String(value).includes('${POSTGRES_PASSWORD'));
      expect(isSuperuser, name).to.equal(['postgres', 'prepare'].includes(name));
      expect(networks.includes('stores'), name).to.equal(name !== 'probe');
    }
    expect(networks.stores!.internal).to.equal(true);
    const userOf = (name: string) =>
      new URL(resolve(services[name]!.environment!.DATABASE_URL!, { required: 'x' })).username;
    expect(
      new Set(['server', 'worker', 'migrate', 'prepare'].map(userOf)).has(
        services.postgres!.environment!.POSTGRES_USER!,
      ),
    ).to.equal(false);
  });

  it('lets the probe answer as what the workers call it', () => {
    const { hostname } = new URL(resolve(services.worker!.environment!.PROVIDER_URL!, { required: 'x' }));
    expect(services.probe!.environment!.PROBE_HOSTS).to.equal(hostname);
  });
});

/** `${NAME:-default}` as it is when nothing is set, and `${NAME:?message}` as `required`. */
const resolve = (value: string, { required }: { required: string }) =>
  String(value)
    .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
    .replaceAll(/\$\{\w+:\?[^}]*\}/g, required);

describe('git', () => {
  it('has no secret of Kubernetes but the template', () => {
    const files = execFileSync('git', ['ls-files', 'deploy'], { cwd: root, encoding: 'utf8' });
    expect(files).not.to.match(/secret\.yaml/);
  });
});
