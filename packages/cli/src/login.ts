import { hostname } from 'node:os';
import { NotFoundError, PermissionError, type Showroom } from '@showroom/sdk';
import { type Environment, type Login, readLogin, removeLogin, writeLogin } from './config.js';
import { connect } from './connect.js';
import { Mistake } from './mistake.js';
import type { Terminal } from './terminal.js';

interface LoginOptions {
  url?: string;
  token?: string;
  username?: string;
}

/**
 * Signs in with a token, or makes one with a name and a password, with everything that this user may do; and keeps it.
 * The token that an earlier login here has made is revoked.
 */
export async function login(environment: Environment, terminal: Terminal, options: LoginOptions): Promise<void> {
  const { given, file } = environment;
  const url = options.url ?? given.url;
  if (!url) throw new Mistake('Set the address of the service: --url https://showroom.example.com');
  const known = options.token ?? given.token;
  const made = known ? { token: known } : await makeToken(url, options.username, environment, terminal);
  const { username } = await connect({ baseUrl: url, token: made.token }, terminal).auth.me();
  await writeLogin(file, { url, ...made });
  terminal.say(`Signed in to ${url} as ${username}.`);
  terminal.tell({ url, username });
}

async function makeToken(
  url: string,
  username: string | undefined,
  { file, password: known }: Environment,
  terminal: Terminal,
): Promise<{ token: string; id: number }> {
  if (!username) throw new Mistake('Set --username or --token to sign in.');
  const password = known ?? (await terminal.ask(`Password of ${username}: `));
  const showroom = connect({ baseUrl: url, username, password }, terminal);
  try {
    const me = await showroom.auth.me();
    const all = await showroom.permissions.list.all().toArray();
    const permissions = all.filter(({ codename }) => me.is_superuser || me.permissions.includes(codename));
    const name = `showroom on ${hostname()}`.slice(0, 150);
    const { token, id } = await showroom.tokens.create({ name, permissions: permissions.map((each) => each.id) });
    const before = await readLogin(file);
    if (before.url === url && before.id !== undefined) await revoke(showroom, before.id);
    return { token, id };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    throw new Mistake(
      'You cannot list permissions, so login cannot create a token. Ask an administrator for a token, and use --token.',
    );
  }
}

/** It may have been another user's, or be gone. */
async function revoke(showroom: Showroom, id: number): Promise<void> {
  try {
    await showroom.tokens.delete(id);
  } catch (error) {
    if (!(error instanceof NotFoundError) && !(error instanceof PermissionError)) throw error;
  }
}

export async function logout({ file }: Environment, terminal: Terminal): Promise<void> {
  const { id = '{id}' } = await readLogin(file);
  await removeLogin(file);
  // A token may not revoke tokens, not even itself.
  terminal.say(`Signed out. The token stays valid until you revoke it with your password: DELETE /tokens/${id}/`);
  terminal.tell({});
}

/** Who calls, by options, environment or the login that is kept, in this order. */
export async function requireLogin({ given, file }: Environment, options: LoginOptions): Promise<Login> {
  const { url, token } = { ...(await readLogin(file)), ...given, ...withoutUndefined(options) };
  if (!url || !token) throw new Mistake('Sign in first: showroom login --url … --username …');
  return { url, token };
}

const withoutUndefined = ({ url, token }: LoginOptions) => ({ ...(url && { url }), ...(token && { token }) });
