import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { parseConfig as parseProbeConfig } from '../apps/probe/src/config.js';
import { parseMigrateConfig, parseConfig as parseServerConfig } from '../apps/server/src/config.js';
import { parseConfig as parseWorkerConfig } from '../apps/worker/src/config.js';
import { readCopy, readDockerfile, readEnv, readExec } from './dockerfile.js';

/*
 * What can be told of the image, the compose file and the manifests without Docker and without Kubernetes. That the
 * image's steps do what they should is rehearsed: `npm run rehearse`.
 */
const root = resolve(import.meta.dirname ?? 'deploy', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const stages = readDockerfile(join(root, 'Dockerfile'));
const imageEnvironment = Object.assign(
  {},
  ...(stages.at(-1)?.steps ?? []).filter(({ keyword }) => keyword === 'ENV').map(readEnv),
);

/** What each command reads its settings with. */
const parsers: Record<string, (environment: Record<string, string>) => unknown> = {
  server: parseServerConfig,
  worker: parseWorkerConfig,
  probe: parseProbeConfig,
  migrate: parseMigrateConfig,
};
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
  depends_on?: Record<string, { condition: string }>;
}

describe('compose.yaml', () => {
  const text = read('compose.yaml');
  const { services } = parseYaml(text, { merge: true }) as { services: Record<string, Service> };
  const ours = Object.entries(services).filter(([, { image }]) => image === 'showroom');

  it('is what the Compose specification allows', () => {
    const { stdout, status } = spawnSync('npx', ['dclint', '--quiet', 'compose.yaml'], { cwd: root, encoding: 'utf8' });
    expect(status, stdout).to.equal(0);
  }).timeout(60_000);

  it('runs every part of the service', () => {
    expect(ours.map(([, { command }]) => command?.join(' '))).to.have.members(['migrate', 'server', 'worker', 'probe']);
  });

  it('waits only for services that are there', () => {
    for (const { depends_on = {} } of Object.values(services)) {
      expect(Object.keys(services)).to.include.members(Object.keys(depends_on));
    }
  });

  for (const [name, { command, environment = {} }] of ours) {
    it(`gives ${name} settings that it understands, and no others`, () => {
      const resolved = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, withDefaults(value)]),
      );
      expect([...documented]).to.include.members(Object.keys(environment));
      expect(() => parsers[command![0]!]!({ ...imageEnvironment, ...resolved })).not.to.throw();
    });
  }

  /** `${NAME:-default}` as it is when nothing is set. */
  const withDefaults = (value: string) => String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
});

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a spec of its own
  spec?: any;
  stringData?: Record<string, string>;
}

describe('the Kubernetes manifests', () => {
  const folder = 'deploy/kubernetes';
  const kustomization = parseYaml(read(`${folder}/kustomization.yaml`));
  const readManifests = (file: string): Manifest[] =>
    parseAllDocuments(read(`${folder}/${file}`), { merge: true }).map((document) => document.toJS());
  const manifests = (kustomization.resources as string[]).flatMap(readManifests);
  const secret = readManifests('secret.example.yaml')[0]!;
  const find = (kind: string, name: string) =>
    manifests.find((each) => each.kind === kind && each.metadata.name === name);
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');

  for (const manifest of [...manifests, secret]) {
    it(`${manifest.kind} ${manifest.metadata.name} is what Kubernetes allows`, async () => {
      const { [manifest.kind]: Model } = await import(`kubernetes-models/${manifest.apiVersion}`);
      expect(Model, `${manifest.apiVersion} ${manifest.kind}`).to.be.a('function');
      expect(() => new Model(manifest).validate()).not.to.throw();
    });
  }

  it('are all in the kustomization', () => {
    const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.yaml'));
    const others = ['kustomization.yaml', 'secret.example.yaml', 'alerts.yaml'];
    expect(files.filter((name) => !others.includes(name))).to.have.members(kustomization.resources);
  });

  it('select, protect and scale what is there', () => {
    for (const { metadata, spec } of deployments) {
      expect(spec.template.metadata.labels, metadata.name).to.deep.include(spec.selector.matchLabels);
    }
    const labels = deployments.map(({ spec }) => spec.template.metadata.labels['app.kubernetes.io/name']);
    for (const { kind, spec } of manifests) {
      if (kind === 'Service') expect(labels).to.include(spec.selector['app.kubernetes.io/name']);
      if (kind === 'PodDisruptionBudget')
        expect(labels).to.include(spec.selector.matchLabels['app.kubernetes.io/name']);
      if (kind === 'HorizontalPodAutoscaler')
        expect(find('Deployment', spec.scaleTargetRef.name)).not.to.equal(undefined);
    }
  });

  for (const { metadata, spec } of deployments) {
    const { containers, initContainers = [], terminationGracePeriodSeconds } = spec.template.spec;

    it(`${metadata.name} probes ports that it has, may not be root, and writes nowhere but where it is let`, () => {
      expect(spec.template.spec.securityContext.runAsNonRoot).to.equal(true);
      for (const { securityContext, resources } of [...containers, ...initContainers]) {
        expect(securityContext).to.deep.include({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
        expect(resources.requests).to.have.keys('cpu', 'memory');
        expect(resources.limits).to.have.keys('memory');
      }
      for (const container of containers) {
        const ports = container.ports.map(({ name }: { name: string }) => name);
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
          expect(ports).to.include(container[probe].httpGet.port);
        }
      }
    });

    it(`${metadata.name} is given settings that it understands, and time to end`, () => {
      const literals = kustomization.configMapGenerator[0].literals.map((pair: string) => pair.split('='));
      const given = { ...imageEnvironment, ...secret.stringData, ...Object.fromEntries(literals) };
      expect([...documented]).to.include.members([
        ...Object.keys(secret.stringData!),
        ...literals.map(([name]: string[]) => name),
      ]);
      for (const { args, env = [] } of [...containers, ...initContainers]) {
        const own = Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]));
        expect(() => parsers[args[0]]!({ ...given, ...own }), args[0]).not.to.throw();
      }
      const { drainMs } = parseWorkerConfig({ ...secret.stringData });
      expect(terminationGracePeriodSeconds * 1_000).to.be.above(drainMs);
    });
  }
});

describe('git', () => {
  it('has no secret of Kubernetes but the template', () => {
    const files = execFileSync('git', ['ls-files', 'deploy'], { cwd: root, encoding: 'utf8' });
    expect(files).not.to.match(/secret\.yaml/);
  });
});
