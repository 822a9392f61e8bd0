import type { Contract, ProcedureContract } from '@showroom/contract';
import { z } from 'zod';

export interface Procedure {
  readonly resource: string;
  readonly verb: string;
  readonly described: ProcedureContract;
}

export const proceduresOf = (all: Contract): Procedure[] =>
  Object.entries(all).flatMap(([resource, verbs]) =>
    Object.entries(verbs as Record<string, ProcedureContract>).map(([verb, described]) => ({
      resource,
      verb,
      described,
    })),
  );

/** `clients_partial_update` → `ClientsPartialUpdate` */
export const toPascal = (id: string) => id.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

export const isNeeded = (procedure: Procedure, field: string) =>
  !shapeOf(procedure)[field]!.safeParse(undefined).success;

const titles: Record<string, string> = {
  audit: 'Who did what, and when.',
  auth: 'Signing in, and the account of whoever calls.',
  clients: 'People who can be reached.',
  codes: 'Mobile operator codes.',
  groups: 'Groups of users who share permissions.',
  jobs: 'What wakes the workers.',
  mailing: 'One text to one audience between two moments.',
  messages: 'One mailing to one client.',
  permissions: 'What may be done to which rows.',
  provider: 'Who delivers, and how they do.',
  sending: 'Whether messages are sent at all.',
  statistic: 'Counts of mailings, clients and messages.',
  tags: 'Labels on clients.',
  tokens: 'What programs sign in with.',
  users: 'Accounts: who may call the service.',
};
export function titleOf(resource: string): string {
  const title = titles[resource];
  if (!title) throw new Error(`procedure.ts has no title for the resource ${resource}.`);
  return title;
}

export const isFile = ({ described }: Procedure) => described.takesFile.length > 0;
export const shapeOf = ({ described }: Procedure) =>
  (described.input as z.ZodObject).shape as Record<string, z.ZodType>;

/** The input field that names the row, for paths with a row in them. */
export function keyOf({ described: { path, pathFields } }: Pick<Procedure, 'described'>): string | null {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  return name ? (pathFields[name] ?? name) : null;
}

/** The schema of a list's rows, where the answer is a page. */
export function itemOf({ described: { output, input } }: Procedure): z.ZodType | null {
  if (!(output instanceof z.ZodObject) || output.meta()?.id) return null;
  const { results } = output.shape as { results?: z.ZodType };
  const isPaged = 'page' in (input as z.ZodObject).shape;
  return isPaged && results instanceof z.ZodArray ? (results.element as z.ZodType) : null;
}

export const paging = new Set(['page', 'limit', 'after']);
