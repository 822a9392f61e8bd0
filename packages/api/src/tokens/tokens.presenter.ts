import type { Token } from '@showroom/contract';
import type { TokenRow } from './tokens.service.js';

/** An allow-list: the secret's hash never leaves the server. */
export const toToken = ({ row: token, ids }: TokenRow): Token => ({
  id: token.id,
  name: token.name,
  user: token.user.username,
  permissions: ids.permissions,
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
});
