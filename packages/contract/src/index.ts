import { audit } from './audit.js';
import { auth } from './auth.js';
import { clients } from './clients.js';
import { codes } from './codes.js';
import { groups } from './groups.js';
import { jobs } from './jobs.js';
import { mailing } from './mailing.js';
import { messages } from './messages.js';
import { permissions } from './permissions.js';
import { provider } from './provider.js';
import { sending } from './sending.js';
import { statistic } from './statistic.js';
import { tags } from './tags.js';
import { tokens } from './tokens.js';
import { users } from './users.js';

export * from './audit.js';
export * from './auth.js';
export * from './clients.js';
export * from './clients-import.js';
export * from './codes.js';
export * from './errors.js';
export * from './groups.js';
export * from './jobs.js';
export * from './kit/codename.js';
export * from './kit/instant.js';
export * from './kit/issues.js';
export * from './kit/page.js';
export * from './kit/phone-number.js';
export * from './kit/procedure.js';
export { mostElements, takenAsWritten } from './kit/scalars.js';
export * from './kit/timezone.js';
export * from './mailing.js';
export * from './mailing-preview.js';
export * from './mailing-progress.js';
export * from './messages.js';
export * from './permissions.js';
export * from './provider.js';
export * from './sending.js';
export * from './statistic.js';
export * from './tags.js';
export * from './tokens.js';
export * from './users.js';

/** The whole API: resource → verb → what the procedure is called, takes and gives. */
export const contract = {
  audit,
  auth,
  clients,
  codes,
  groups,
  jobs,
  mailing,
  messages,
  permissions,
  provider,
  sending,
  statistic,
  tags,
  tokens,
  users,
};
export type Contract = typeof contract;
