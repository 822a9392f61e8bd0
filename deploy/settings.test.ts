import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { parse as parseYaml } from 'yaml';
import { variableDefaults as standaloneDefaults } from '../apps/standalone/src/config.js';
import { commands } from './commands.js';
import { commonSettings, deployments } from './manifests.js';

/*
 * The variables that the apps read, and what is said of them: in the README, in compose.yaml and in the manifests. Each
 * test lists what is missing or wrong, so that a failure names it.
 */
const root = resolve(import.meta.dirname ?? 'deploy', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const { server, worker, prepare, probe } = commands;

interface Documented {
  readonly app: string;
  readonly byDefault: string;
}

/** The table of the README: `| \`A\`, \`B\` | app | default of A, default of B | meaning |`; one default may be for all. */
function readTable(): Map<string, Documented> {
  const rows = [...readme.matchAll(/^\| (`[A-Z][A-Z_]+`(?:, `[A-Z][A-Z_]+`)*) \| (.+?) \| (.+?) \| .+ \|$/gm)];
  return new Map(
    rows.flatMap(([, cell, app, defaults]) => {
      const names = [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
      const parts = names.length === 1 ? [defaults!] : defaults!.split(', ');
      return names.map(
        (name, n) => [name, { app: app!.replaceAll('`', ''), byDefault: parts[n] ?? parts[0]! }] as const,
      );
    }),
  );
}

const appOf = (name: string) => {
  const readers = Object.entries({ server, worker }).filter(([, app]) => app!.variables.includes(name));
  if (readers.length === 2) return 'both';
  return readers[0]?.[0] ?? (prepare!.variables.includes(name) ? 'prepare' : undefined);
};

/** How the README says a default. */
const toWords = (value: unknown): RegExp => {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return /^unset(: .+)?$/;
  return new RegExp(`^${String(value).replaceAll(/[.*+?^$|()[\]\\]/g, '\\$&')}$`);
};

describe('the settings', () => {
  it('are in the table of the README, each with the app that reads it and its default', () => {
    const table = readTable();
    const defaults = { ...prepare!.defaults, ...worker!.defaults, ...server!.defaults };
    const wrong: string[] = [];
    for (const [name, value] of Object.entries(defaults)) {
      const row = table.get(name);
      if (!row) wrong.push(`README.md has no row for ${name}`);
      else if (row.app !== appOf(name)) wrong.push(`README.md: ${name} is for ${appOf(name)}, not ${row.app}`);
      else if (!toWords(value).test(row.byDefault)) {
        wrong.push(`README.md: the default of ${name} is ${String(value)}, not ${row.byDefault}`);
      }
    }
    for (const name of table.keys()) if (!(name in defaults)) wrong.push(`README.md: nothing reads ${name}`);
    expect(wrong).to.deep.equal([]);
  });

  it('have one default in all apps that read them', () => {
    for (const [name, value] of Object.entries(worker!.defaults)) {
      if (name in server!.defaults) expect(server!.defaults[name], name).to.deep.equal(value);
    }
  });

  it('of the probe and of standalone are in the README, too', () => {
    const below = readme.slice(
      readme.indexOf('`npm start` takes them as well'),
      readme.indexOf('`/healthz` and `/readyz` tell'),
    );
    const missing = Object.keys({ ...probe!.defaults }).filter((name) => !below.includes(`\`${name}\``));
    const shared = new Set([...server!.variables, ...worker!.variables]);
    for (const [name, value] of Object.entries(standaloneDefaults)) {
      if (!shared.has(name) && !below.includes(`\`${name}\` (${String(value)})`))
        missing.push(`${name} (${String(value)})`);
    }
    expect(missing).to.deep.equal([]);
  });
});

describe('the settings in compose.yaml', () => {
  const { services } = parseYaml(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  /** What the image says, or what one machine leaves no choice in. */
  const settled = ['HOST', 'PORT', 'WATCH_HOST', 'WATCH_PORT', 'DATABASE_URL', 'MONGODB_URL', 'DATABASE_SUPERUSER_URL'];
  const settledOf: Record<string, string[]> = { worker: ['METRICS_ACCESS'], probe: ['PROBE_HOSTS', 'PROBE_TOKEN'] };
  /** Defaults that hold here alone. */
  const ownDefaults = ['PROVIDER_URL', 'IMPORT_SPOOL_MB'];

  for (const name of ['server', 'worker', 'probe', 'migrate', 'prepare']) {
    it(`are all passed on to ${name}, and their defaults are not said again`, () => {
      const given = services[name]!.environment ?? {};
      const free = commands[name]!.variables.filter((each) => ![...settled, ...(settledOf[name] ?? [])].includes(each));
      const wrong = free.flatMap((variable) => {
        const value = given[variable];
        if (value === undefined) return [`compose.yaml does not pass ${variable} on to ${name}`];
        const [, from, byDefault] = /^\$\{(\w+):[-?](.*)\}$/.exec(value) ?? [];
        if (from !== variable) return [`compose.yaml sets ${variable} of ${name} to ${value}`];
        const isRequired = value.includes(':?');
        if (isRequired || byDefault === '' || ownDefaults.includes(variable)) return [];
        return [`compose.yaml has a default of its own for ${variable}: ${byDefault}`];
      });
      expect(wrong).to.deep.equal([]);
    });
  }
});

describe('the settings in the Kubernetes manifests', () => {
  for (const { metadata, spec } of deployments) {
    it(`reach ${metadata.name} from the ConfigMap that an overlay adds to, and from its Secret`, () => {
      const [container] = spec.template.spec.containers;
      const sources = container.envFrom.map((each: Record<string, { name: string }>) => Object.values(each)[0]!.name);
      expect(sources).to.deep.equal(['showroom', `showroom-${metadata.name}`]);
      const own = (container.env ?? []).map(({ name }: { name: string }) => name);
      // What stands here, an overlay's ConfigMap cannot change.
      expect(own).to.deep.equal(metadata.name === 'worker' ? ['METRICS_ACCESS'] : []);
    });
  }

  it('say a default again only as it is', () => {
    const defaults: Record<string, unknown> = { ...worker!.defaults, ...server!.defaults };
    const wrong = Object.entries(commonSettings).filter(([name, value]) => String(defaults[name]) !== value);
    expect(wrong).to.deep.equal([]);
  });
});
