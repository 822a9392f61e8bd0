import { z } from 'zod';
import { mutation, query } from './kit/procedure.js';
import { nameToFind } from './kit/scalars.js';
import { Password, User } from './users.js';

/** The caller's own account, and what they may do as they have called: a token may less than its owner. */
export const Me = User.extend({
  permissions: z.array(z.string()).meta({
    readOnly: true,
    description:
      'The codenames of the caller’s permissions. A superuser who signed in with a password may do everything.',
  }),
}).meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

export const Credentials = z.object({
  username: nameToFind().max(150).meta({ title: 'Username' }),
  password: Password,
});
export type Credentials = z.infer<typeof Credentials>;

/** What everybody may change of their own account. */
export const OwnAccount = User.pick({ first_name: true, last_name: true, email: true })
  .extend({ password: Password })
  .partial();
export type OwnAccount = z.infer<typeof OwnAccount>;

export const auth = {
  login: mutation('auth_login', 'POST', '/auth/login/', {
    summary: 'Sign in, and set a session cookie',
    status: 200,
    needs: 'open',
    input: Credentials,
    output: Me,
  }),
  logout: mutation('auth_logout', 'POST', '/auth/logout/', {
    summary: 'Sign out, and end the session of the cookie',
    status: 204,
    needs: 'user',
    input: z.object({}),
    output: z.void(),
  }),
  me: query('auth_me', '/auth/me/', {
    summary: 'Read your own account and permissions',
    needs: 'user',
    input: z.object({}),
    output: Me,
  }),
  changeMe: mutation('auth_me_partial_update', 'PATCH', '/auth/me/', {
    summary: 'Change your own name, e-mail or password',
    needs: 'password',
    input: OwnAccount,
    output: Me,
  }),
};
