import type { Ready } from './child-run.js';

export interface BannerFacts {
  /** The server's address, without a slash at the end. */
  serverUrl: string;
  /** Null when messages go to a provider of the operator's own, whose address is `providerUrl`. */
  probeUrl: string | null;
  providerUrl: string;
  dataDir: string;
  /** Where PostgreSQL keeps its files; null when it is the operator's own. */
  postgresDir: string | null;
  admin: Ready['admin'];
}

/** What the operator reads when everything is up. */
export function toBanner(facts: BannerFacts): string {
  const lines = [
    ['API', `${facts.serverUrl}/api/v1/`],
    ['Swagger UI', `${facts.serverUrl}/swagger/`],
    ['Jobs', `${facts.serverUrl}/jobs/`],
    facts.probeUrl
      ? ['Probe', `${facts.probeUrl}/  (nothing leaves this machine: messages arrive in its inbox)`]
      : ['Provider', facts.providerUrl],
    ['PostgreSQL', facts.postgresDir ?? 'the one of DATABASE_URL'],
    ['Data folder', facts.dataDir],
    ['Admin', toAdmin(facts.admin)],
  ].map(([what, where]) => `  ${what?.padEnd(13)}${where}`);
  return ['', 'Showroom runs.', '', ...lines, '', ...toExample(facts), '', '  Ctrl-C stops everything.', '', ''].join(
    '\n',
  );
}

function toAdmin(admin: Ready['admin']): string {
  if (!admin) return 'as before';
  return admin.password === null
    ? `${admin.username}, password unchanged`
    : `${admin.username}, password ${admin.password}  (made up just now and shown only this once: note it down)`;
}

function toExample({ serverUrl, admin }: BannerFacts): string[] {
  const account = `${admin?.username ?? 'admin'}${admin?.password ? `:${admin.password}` : ''}`;
  return [
    '  Create a tag:',
    `    curl -u '${account}' -H 'Content-Type: application/json' -d '{"name":"vip"}' ${serverUrl}/api/v1/tags/`,
  ];
}
