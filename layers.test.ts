import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

/** What each workspace may import of this repository. Lower never imports higher; apps do not import each other. */
const layers: Record<string, string[]> = {
  'packages/app': [],
  'packages/contract': [],
  'packages/postgres': [],
  'packages/testing': [],
  'packages/watch': ['app'],
  'packages/strangers': [],
  'packages/dispatch': ['contract'],
  'packages/jobs': [],
  'packages/database': ['contract', 'dispatch'],
  'packages/providers': ['dispatch'],
  'packages/cli': ['sdk'],
  // Its types are generated from the contract, and its runtime is not.
  'packages/sdk': [],
  'packages/report': ['contract', 'database'],
  'packages/api': ['contract', 'database', 'jobs', 'report'],
  'apps/probe': ['app'],
  'apps/server': ['api', 'app', 'database', 'jobs', 'watch'],
  'apps/worker': ['app', 'contract', 'database', 'dispatch', 'jobs', 'providers', 'report', 'watch'],
  'apps/bench': ['testing', 'database', 'postgres', 'server', 'worker'],
  // By path, as processes: named so that turbo builds them first.
  'apps/standalone': ['app', 'database', 'postgres', 'probe', 'server', 'worker'],
};

/** Libraries that one package knows for all. Tests may call the API as its consumers do. */
const owners: Record<string, string[]> = {
  sequelize: ['packages/database'],
  'sequelize-typescript': ['packages/database'],
  umzug: ['packages/database'],
  pg: ['packages/database', 'packages/jobs', 'packages/testing', 'apps/bench'],
  agenda: ['packages/jobs', 'apps/bench'],
  '@agendajs/mongo-backend': ['packages/jobs', 'apps/bench'],
  '@agendajs/postgres-backend': ['packages/jobs'],
  mongodb: ['packages/jobs', 'apps/bench'],
  '@trpc/server': ['packages/api', 'packages/sdk'],
  'trpc-to-openapi': ['packages/api'],
  '@trpc/client': ['packages/sdk'],
  undici: ['apps/bench'],
  agendash: ['packages/jobs'],
  pino: ['packages/app'],
  'prom-client': ['packages/watch'],
  '@opentelemetry/api': ['packages/watch'],
  nodemailer: ['packages/report'],
  pdfmake: ['packages/report'],
};

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifestOf = (workspace: string) => JSON.parse(readFileSync(`${workspace}/package.json`, 'utf8')) as Manifest;

const sourcesOf = (workspace: string): string[] =>
  readdirSync(`${workspace}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|suite)\.ts$/.test(file) && !file.includes('fixtures/'))
    .map((file) => readFileSync(`${workspace}/src/${file}`, 'utf8'));

const statically = /^(?:import|export)\s(?:[^'"=();]*\sfrom\s)?['"]([^.'"][^'"]*)['"]/gm;
/** `await import('x')`, and `require.resolve('x')` for what is imported by its path. */
const later = /(?:\bimport|\.resolve)\(\s*'([^.'/\s][^'\s]*)',?\s*\)/g;

/** The packages a source names in its imports, without what is below them. */
const importsOf = (source: string): string[] =>
  [...source.matchAll(statically), ...source.matchAll(later)].map(([, name]) =>
    name!
      .split('/')
      .slice(0, name!.startsWith('@') ? 2 : 1)
      .join('/'),
  );

/** Declared because another library asks for them as peers. */
const peers = ['zod-openapi', 'ioredis', '@fastify/static'];
/** Publish what they are made of within their own files, so that whoever installs them installs nothing besides. */
const bundled = ['packages/sdk'];
/** Started as processes, not imported. */
const byPath = ['@showroom/probe', '@showroom/server', '@showroom/worker'];

const workspaces = ['packages', 'apps'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));

describe('layers', () => {
  it('are laid for every workspace', () => {
    expect(Object.keys(layers)).to.include.members(workspaces);
  });

  for (const workspace of workspaces) {
    const { name, dependencies = {}, optionalDependencies = {}, devDependencies = {} } = manifestOf(workspace);
    const declared = Object.keys(dependencies);
    const within = bundled.includes(workspace) ? Object.keys(devDependencies) : [];
    const imported = [...new Set(sourcesOf(workspace).flatMap(importsOf))].filter((each) => !each.startsWith('node:'));
    const named = [...new Set([...declared, ...imported])];

    it(`${workspace} imports only what lies below it`, () => {
      const allowed = [name, ...(layers[workspace] ?? []).map((each) => `@showroom/${each}`)];
      expect(named.filter((each) => each.startsWith('@showroom/') && !allowed.includes(each))).to.deep.equal([]);
    });

    it(`${workspace} leaves other packages' libraries alone`, () => {
      expect(named.filter((each) => owners[each]?.includes(workspace) === false)).to.deep.equal([]);
    });

    it(`${workspace} declares what it imports, and imports what it declares`, () => {
      const given = [name, ...declared, ...within, ...Object.keys(optionalDependencies), ...peers];
      expect(
        imported.filter((each) => !given.includes(each)),
        'not declared',
      ).to.deep.equal([]);
      const used = [...imported, ...peers, ...byPath];
      expect(
        declared.filter((each) => !used.includes(each)),
        'never imported',
      ).to.deep.equal([]);
    });
  }
});
