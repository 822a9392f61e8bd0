import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the service is, and who calls it. */
export interface Login {
  url: string;
  token: string;
  /** Of a token that `login` has made, to be revoked by. */
  id?: number;
}

export interface Environment {
  /** What is said by SHOWROOM_URL and SHOWROOM_TOKEN. */
  readonly given: Partial<Login>;
  /** What SHOWROOM_PASSWORD says, so that a script can sign in. */
  readonly password: string | undefined;
  /** Where the login of this user is kept. */
  readonly file: string;
}

/** What the environment says. */
export function readEnvironment(environment: NodeJS.ProcessEnv = process.env): Environment {
  const { SHOWROOM_URL: url, SHOWROOM_TOKEN: token, SHOWROOM_PASSWORD: password, XDG_CONFIG_HOME: home } = environment;
  return {
    given: { ...(url && { url }), ...(token && { token }) },
    password: password || undefined,
    file: join(home || join(homedir(), '.config'), 'showroom', 'login.json'),
  };
}

export async function readLogin(file: string): Promise<Partial<Login>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Login;
  } catch {
    return {};
  }
}

/** Readable by this user alone. */
export async function writeLogin(file: string, login: Login): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}

export const removeLogin = (file: string): Promise<void> => rm(file, { force: true });
