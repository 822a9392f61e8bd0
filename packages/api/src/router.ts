import type { Contract } from '@showroom/contract';
import { auditRouter } from './audit/audit.router.js';
import { authRouter } from './auth/auth.router.js';
import { clientsRouter } from './clients/clients.router.js';
import { codesRouter } from './codes/codes.router.js';
import { groupsRouter } from './groups/groups.router.js';
import { jobsRouter } from './jobs/jobs.router.js';
import { mailingRouter } from './mailing/mailing.router.js';
import { messagesRouter } from './messages/messages.router.js';
import { permissionsRouter } from './permissions/permissions.router.js';
import { providerRouter } from './provider/provider.router.js';
import { sendingRouter } from './sending/sending.router.js';
import { statisticRouter } from './statistic/statistic.router.js';
import { tagsRouter } from './tags/tags.router.js';
import { tokensRouter } from './tokens/tokens.router.js';
import { router } from './trpc.js';
import { usersRouter } from './users/users.router.js';

/** Every procedure of the contract, implemented: a forgotten one does not compile. */
export const appRouter = router({
  audit: auditRouter,
  auth: authRouter,
  clients: clientsRouter,
  codes: codesRouter,
  groups: groupsRouter,
  jobs: jobsRouter,
  mailing: mailingRouter,
  messages: messagesRouter,
  permissions: permissionsRouter,
  provider: providerRouter,
  sending: sendingRouter,
  statistic: statisticRouter,
  tags: tagsRouter,
  tokens: tokensRouter,
  users: usersRouter,
} satisfies { [Resource in keyof Contract]: Record<keyof Contract[Resource], unknown> });
export type AppRouter = typeof appRouter;
