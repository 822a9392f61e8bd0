import type { AuditEntry } from '@showroom/contract';
import type { AuditEntry as Row } from '@showroom/database';

export const toAuditEntry = (entry: Row): AuditEntry => ({
  id: entry.id,
  at: entry.at,
  action: entry.action,
  user: entry.username,
  user_id: entry.userId,
  token: entry.tokenId,
  address: entry.address,
  operation: entry.operation,
  resource: entry.resource,
  row: entry.rowId,
  old: entry.old,
  new: entry.new,
  reason: entry.reason,
});
