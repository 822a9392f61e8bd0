import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { commands } from './commands.js';
import {
  commonSettings,
  deployments,
  environmentOf,
  kustomization,
  type Manifest,
  manifests,
  manifestsFolder,
  secrets,
  secretsOf,
} from './manifests.js';

const find = (kind: string, name: string) =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name);
const nameLabel = 'app.kubernetes.io/name';
const containersOf = ({ spec }: Manifest) => [
  ...spec.template.spec.containers,
  ...(spec.template.spec.initContainers ?? []),
];

describe('the Kubernetes manifests', () => {
  for (const manifest of [...manifests, ...secrets]) {
    it(`${manifest.kind} ${manifest.metadata.name} is what Kubernetes allows`, async () => {
      const { [manifest.kind]: Model } = await import(`kubernetes-models/${manifest.apiVersion}`);
      expect(Model, `${manifest.apiVersion} ${manifest.kind}`).to.be.a('function');
      expect(() => new Model(manifest).validate()).not.to.throw();
    });
  }

  it('are all in the kustomization', () => {
    const files = readdirSync(manifestsFolder).filter((name) => name.endsWith('.yaml'));
    const others = ['kustomization.yaml', 'secret.example.yaml', 'alerts.yaml'];
    expect(files.filter((name) => !others.includes(name))).to.have.members(kustomization.resources);
  });

  it('select, protect and scale what is there', () => {
    for (const { metadata, spec } of deployments) {
      expect(spec.template.metadata.labels, metadata.name).to.deep.include(spec.selector.matchLabels);
    }
    const labels = deployments.map(({ spec }) => spec.template.metadata.labels[nameLabel]);
    for (const { kind, spec } of manifests) {
      if (kind === 'Service') expect(labels).to.include(spec.selector[nameLabel]);
      if (kind === 'PodDisruptionBudget') expect(labels).to.include(spec.selector.matchLabels[nameLabel]);
      if (kind === 'HorizontalPodAutoscaler')
        expect(find('Deployment', spec.scaleTargetRef.name)).not.to.equal(undefined);
    }
  });

  for (const { metadata, spec } of deployments) {
    it(`${metadata.name} probes ports that it has, may not be root, and writes nowhere but where it is let`, () => {
      const { containers, initContainers = [] } = spec.template.spec;
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

    it(`${metadata.name} has time to end`, () => {
      const { drainMs } = commands.worker!.parse(
        environmentOf(containersOf(find('Deployment', 'worker')!)[0]).secret,
      ) as {
        drainMs: number;
      };
      expect(spec.template.spec.terminationGracePeriodSeconds * 1_000).to.be.above(drainMs);
    });
  }
});

describe('the secrets of Kubernetes', () => {
  for (const deployment of deployments) {
    for (const container of containersOf(deployment)) {
      const { secret, open } = environmentOf(container);
      const { variables, parse } = commands[container.args[0]]!;

      it(`of ${container.name} are those that it reads, and all that it needs`, () => {
        expect(Object.keys(secret)).not.to.deep.equal([]);
        expect(variables).to.include.members(Object.keys(secret));
        expect(() => parse({ ...open, ...secret })).not.to.throw();
      });

      it(`of ${container.name} are its Deployment's own`, () => {
        expect(new Set(secretsOf(container))).to.deep.equal(new Set([`showroom-${deployment.metadata.name}`]));
      });
    }
  }

  it('are not among the settings that everybody has, and those are read by somebody', () => {
    const secretNames = secrets.flatMap(({ stringData }) => Object.keys(stringData!));
    for (const name of Object.keys(commonSettings)) {
      expect(secretNames).not.to.include(name);
      expect(
        deployments.some(({ metadata }) => commands[metadata.name]!.variables.includes(name)),
        name,
      ).to.equal(true);
    }
  });

  it('tell a worker nothing of the API, the server nothing of the provider, and a migration nothing but the database', () => {
    const namesOf = (deployment: string, container: string) =>
      Object.keys(
        environmentOf(containersOf(find('Deployment', deployment)!).find(({ name }) => name === container)).secret,
      );
    expect(namesOf('server', 'migrate')).to.deep.equal(['DATABASE_URL']);
    expect(namesOf('server', 'server')).not.to.include.members(['PROVIDER_TOKEN']);
    expect(namesOf('worker', 'worker')).not.to.include.members(['ADMIN_PASSWORD']);
  });

  it('are no superuser’s', () => {
    for (const { stringData } of secrets) expect(new URL(stringData!.DATABASE_URL!).username).not.to.equal('postgres');
  });
});

describe('the network policies', () => {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec);
  const isForAll = ({ podSelector }: { podSelector: object }) => Object.keys(podSelector).length === 0;
  const policiesOf = (name: string) =>
    policies.filter((policy) => isForAll(policy) || policy.podSelector.matchLabels[nameLabel] === name);
  type Rule = { from?: object[]; to?: object[]; ports: { port: number | string }[] };
  const portsOf = (rules: Rule[]) => rules.flatMap(({ ports }) => ports.map(({ port }) => port)).sort();

  it('deny every pod everything, both ways, but for what others allow', () => {
    const denying = policies.filter((policy) => isForAll(policy) && !policy.ingress && !policy.egress);
    expect(denying.map(({ policyTypes }) => policyTypes)).to.deep.equal([['Ingress', 'Egress']]);
  });

  it('are for pods that are there', () => {
    for (const policy of policies.filter((each) => !isForAll(each))) {
      expect(find('Deployment', policy.podSelector.matchLabels[nameLabel])).not.to.equal(undefined);
    }
  });

  it('name a peer for what comes in, and ports for everything', () => {
    for (const { ingress = [], egress = [] } of policies) {
      for (const { from = [], ports = [] } of ingress) expect([from.length, ports.length]).to.not.include(0);
      for (const { ports = [] } of egress) expect(ports.length).to.be.above(0);
    }
  });

  for (const deployment of deployments) {
    const { name } = deployment.metadata;
    const [container] = containersOf(deployment);

    it(`let into ${name} the port that it listens on`, () => {
      const names = container.ports.map((port: { name: string }) => port.name);
      expect(portsOf(policiesOf(name).flatMap(({ ingress = [] }) => ingress))).to.deep.equal(names.sort());
    });

    it(`let ${name} out to what its secrets name, and to the cluster's DNS, and nowhere else`, () => {
      const usual: Record<string, number> = { 'https:': 443, 'postgres:': 5432, 'mongodb:': 27017 };
      const addresses = Object.values(environmentOf(container).secret).filter((value) => value.includes('://'));
      const ports = addresses.map((address) => {
        // The driver takes several hosts, and a URL one.
        const url = new URL(address.replace(/,[^/]+/, ''));
        return Number(url.port) || usual[url.protocol]!;
      });
      const rules = policiesOf(name).flatMap(({ egress = [] }) => egress);
      const [dns, others] = [rules.filter(({ to }: Rule) => to), rules.filter(({ to }: Rule) => !to)];
      expect(portsOf(dns)).to.deep.equal([53, 53]);
      expect(portsOf(others)).to.deep.equal([...ports].sort());
    });
  }
});
