import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, ids, sendable, text, timestamp } from './kit/scalars.js';

/** What a program signs in with instead of a password: some of its owner's permissions, until it is revoked. */
export const Token = z
  .object({
    id: Id,
    name: text({ title: 'Name', max: 150, description: 'What the token is for.' }),
    user: z.string().meta({ readOnly: true, description: 'The username of its owner.' }),
    permissions: ids('The ids of its permissions. A permission that the owner does not hold has no effect.'),
    created_at: timestamp('Created at').meta({ readOnly: true }),
    expires_at: timestamp('Expires at').nullable(),
    last_used_at: timestamp('Last used at')
      .nullable()
      .meta({ readOnly: true, description: 'The time of the last call, to the minute.' }),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;

/** The answer to the creation: the only one that ever has the secret. */
export const CreatedToken = Token.extend({
  token: z.string().meta({
    readOnly: true,
    description: 'Send it as `Authorization: Bearer …`. It is shown only once; the server keeps only its hash.',
  }),
}).meta({ id: 'CreatedToken' });
export type CreatedToken = z.infer<typeof CreatedToken>;

export const TokenRef = z.object({ id: Id.meta({ description: 'A unique integer value identifying this token.' }) });

/** Without `expires_at` it lives until it is revoked. */
export const NewToken = Token.pick({ name: true, permissions: true, expires_at: true })
  .partial({ expires_at: true })
  .extend({ permissions: sendable(Token.shape.permissions) });
export type NewToken = z.infer<typeof NewToken>;

/** Your own; `view_token` shows everybody's, `delete_token` revokes them. */
export const tokens = {
  list: query('tokens_list', '/tokens/', {
    summary: 'List your tokens; with the permission view_token, all tokens',
    needs: 'password',
    input: Paging,
    output: pageOf(Token),
  }),
  create: mutation('tokens_create', 'POST', '/tokens/', {
    summary: 'Create a token with some of your permissions; its secret is shown only in this answer',
    needs: 'password',
    input: NewToken,
    body: 'Token',
    output: CreatedToken,
  }),
  read: query('tokens_read', '/tokens/{id}/', {
    summary: 'Read a token',
    needs: 'password',
    input: TokenRef,
    output: Token,
  }),
  delete: mutation('tokens_delete', 'DELETE', '/tokens/{id}/', {
    summary: 'Revoke a token',
    needs: 'password',
    input: TokenRef,
    output: z.void(),
  }),
};
