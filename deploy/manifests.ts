import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments, parse as parseYaml } from 'yaml';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a spec of its own
  spec?: any;
  stringData?: Record<string, string>;
}

export const manifestsFolder = resolve(import.meta.dirname ?? 'deploy', 'kubernetes');
const read = (file: string) => readFileSync(join(manifestsFolder, file), 'utf8');

export const kustomization = parseYaml(read('kustomization.yaml'));

const readManifests = (file: string): Manifest[] =>
  parseAllDocuments(read(file), { merge: true }).map((document) => document.toJS());

/** What the kustomization applies. */
export const manifests = (kustomization.resources as string[]).flatMap(readManifests);
export const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
/** The templates of the Secrets that an operator fills in. */
export const secrets = readManifests('secret.example.yaml');

/** The settings that are no secrets; every workload has them. */
export const commonSettings: Record<string, string> = Object.fromEntries(
  kustomization.configMapGenerator[0].literals.map((pair: string) => pair.split('=')),
);

interface Container {
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
}

/** What a container finds in its environment, by where it is from. */
export function environmentOf({ env = [], envFrom = [] }: Container) {
  const secretOf = (name: string) => secrets.find(({ metadata }) => metadata.name === name)?.stringData ?? {};
  const secret: Record<string, string> = Object.assign(
    {},
    ...envFrom.map((each) => secretOf(each.secretRef?.name ?? '')),
  );
  const open: Record<string, string> = envFrom.some(({ configMapRef }) => configMapRef) ? { ...commonSettings } : {};
  for (const { name, value, valueFrom } of env) {
    if (valueFrom) secret[name] = secretOf(valueFrom.secretKeyRef.name)[valueFrom.secretKeyRef.key] ?? '';
    else open[name] = value ?? '';
  }
  return { secret, open };
}

/** The Secrets that a container refers to. */
export const secretsOf = ({ env = [], envFrom = [] }: Container): string[] => [
  ...envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
  ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.name ?? []),
];
