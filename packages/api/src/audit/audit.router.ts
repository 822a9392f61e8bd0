import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toAuditEntry } from './audit.presenter.js';
import { listAudit } from './audit.service.js';

const { list } = contract.audit;

export const auditRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listAudit(ctx.deps, input), toAuditEntry),
  ),
};
