import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { parse as parseYaml } from 'yaml';
import { connectionsOfServer } from '../apps/server/src/connections.js';
import { connectionsOfWorker } from '../apps/worker/src/connections.js';
import { commands } from './commands.js';
import { deployments, environmentOf, type Manifest, manifests } from './manifests.js';

const root = resolve(import.meta.dirname ?? 'deploy', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Service {
  command?: string[];
  logging?: { options?: Record<string, string> };
  mem_limit?: string;
  tmpfs?: string[];
  environment?: Record<string, string>;
  deploy?: { replicas?: number };
}
const { services } = parseYaml(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };

const megabytes = (size: string): number => {
  const [, count, unit] = /^(\d+)(m|g|Mi|Gi)$/.exec(size) ?? [];
  return Number(count) * (unit?.startsWith('m') || unit === 'Mi' ? 1 : 1_024);
};

describe('the limits of compose.yaml', () => {
  for (const [name, service] of Object.entries(services)) {
    it(`bound the log and the memory of ${name}`, () => {
      const { options = {} } = service.logging ?? {};
      expect(options).to.have.keys('max-size', 'max-file');
      expect(megabytes(options['max-size']!) * Number(options['max-file'])).to.be.within(1, 200);
      expect(megabytes(service.mem_limit ?? '')).to.be.within(128, 4_096);
    });

    it(`leave ${name} memory for its heap and its temporary files`, () => {
      const limit = megabytes(service.mem_limit!);
      const files = (service.tmpfs ?? []).reduce((sum, each) => sum + megabytes(/size=(\w+)/.exec(each)![1]!), 0);
      // Node takes half of the limit for its heap, unless it is told.
      const heap = /--max-old-space-size=(\d+)/.exec(service.environment?.NODE_OPTIONS ?? '')?.[1] ?? limit / 2;
      // Beside its heap, a process of ours has about 130 MB.
      expect(limit - files - Number(heap)).to.be.at.least(130);
    });
  }

  it('leave less for imports than the folder for temporary files has', () => {
    const { environment = {}, tmpfs = [] } = services.server!;
    const spool = Number(/:-(\d+)/.exec(environment.IMPORT_SPOOL_MB!)![1]);
    expect(spool).to.be.below(megabytes(/size=(\w+)/.exec(tmpfs[0]!)![1]!));
  });
});

describe('the limits of the Kubernetes manifests', () => {
  for (const { metadata, spec } of deployments) {
    const { containers, initContainers = [] } = spec.template.spec;
    for (const { name, resources, env = [] } of [...containers, ...initContainers]) {
      it(`bound the memory of ${metadata.name}/${name}, with room beside its heap`, () => {
        const limit = megabytes(resources.limits.memory);
        expect(limit).to.be.at.least(megabytes(resources.requests.memory));
        const options = env.find((each: { name: string }) => each.name === 'NODE_OPTIONS')?.value ?? '';
        const heap = /--max-old-space-size=(\d+)/.exec(options)?.[1] ?? limit / 2;
        expect(limit - Number(heap)).to.be.at.least(130);
      });
    }
  }

  it('leave less for imports than the folder for temporary files has', () => {
    const { volumes } = deployments.find(({ metadata }) => metadata.name === 'server')!.spec.template.spec;
    const size = megabytes(volumes.find(({ name }: { name: string }) => name === 'tmp').emptyDir.sizeLimit);
    expect(commands.server!.defaults.IMPORT_SPOOL_MB).to.be.below(size);
  });
});

/** Kept free for a superuser (`superuser_reserved_connections`), and for a backup, an exporter and a psql or two. */
const keptFree = 3 + 10;
const steering = commands.server!.defaults.STEERING_CONNECTIONS as number;
const perServer = (jobs: 'mongodb' | 'postgresql') => connectionsOfServer(steering, jobs);

describe('the connections to PostgreSQL', () => {
  it('fit compose.yaml with ten workers, wherever the jobs are', () => {
    const most = Number(/max_connections=(\d+)/.exec(services.postgres!.command!.join(' '))![1]);
    for (const jobs of ['mongodb', 'postgresql'] as const) {
      expect(perServer(jobs) + 10 * connectionsOfWorker(jobs) + keptFree, jobs).to.be.at.most(most);
    }
    expect(services.worker!.deploy!.replicas).to.be.at.most(10);
  });

  /** The pods of a deployment at full scale in a rolling update; one that ends keeps its connections until it has ended. */
  function mostPods({ metadata, spec }: Manifest): number {
    const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate as Record<string, number>;
    expect(spec.minReadySeconds, metadata.name).to.be.at.least(spec.template.spec.terminationGracePeriodSeconds);
    const scaler = manifests.find(
      ({ kind, spec: each }) => kind === 'HorizontalPodAutoscaler' && each.scaleTargetRef.name === metadata.name,
    );
    const ending = maxSurge! + maxUnavailable!;
    return (scaler?.spec.maxReplicas ?? spec.replicas) + maxSurge! + ending;
  }

  it('fit what the manifests ask PostgreSQL for, at full scale and in a rolling update of everything', () => {
    const [server, worker] = ['server', 'worker'].map((name) =>
      mostPods(deployments.find(({ metadata }) => metadata.name === name)!),
    );
    const text = read('deploy/kubernetes/README.md');
    const told = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
    const most = {
      mongodb: told(/`max_connections = (\d+)`/),
      postgresql: told(/`max_connections = (\d+)` when the jobs live in PostgreSQL/),
    };
    for (const jobs of ['mongodb', 'postgresql'] as const) {
      const sum = server! * perServer(jobs) + worker! * connectionsOfWorker(jobs) + keptFree;
      expect(sum, jobs).to.be.at.most(most[jobs]);
    }
    // The template of the secrets has the jobs in MongoDB.
    for (const { spec } of deployments)
      expect(environmentOf(spec.template.spec.containers[0]).secret).to.include.keys('MONGODB_URL');
  });

  it('are told of in the operator’s document as they are', () => {
    const text = read('docs/operations.md').replaceAll(/\s+/g, ' ');
    const [server, worker] = [perServer('mongodb'), connectionsOfWorker('mongodb')];
    expect(text).to.contain(`A server takes up to ${server} connections, and a worker up to ${worker}.`);
    const [ofServer, ofWorker] = [perServer('postgresql') - server, connectionsOfWorker('postgresql') - worker];
    expect(text).to.contain(
      `If the jobs live in PostgreSQL, a server takes ${ofServer} more, and a worker ${ofWorker}.`,
    );
  });
});
