import type { AuditFilter } from '@showroom/contract';
import type { AuditEntry } from '@showroom/database';
import { between, partOf } from '@showroom/database';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';

export function listAudit(
  { database }: Deps,
  { user, user_id, action, resource, row, since, until, ...paging }: AuditFilter,
): Promise<PageOfRows<AuditEntry>> {
  const where = {
    ...(user !== undefined && { username: user }),
    ...(user_id !== undefined && { userId: user_id }),
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
    ...(row !== undefined && { rowId: row }),
    ...((since || until) && { at: between(since, until) }),
  };
  return readPage(paging, {
    count: () => database.audit.count({ where }),
    rows: (part) => database.audit.findAll(partOf(part, where, 'DESC')),
    idOf: ({ id }) => id,
  });
}
