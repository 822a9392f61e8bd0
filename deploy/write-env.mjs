import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Writes the secrets of compose.yaml into .env, each made up, readable by you alone. What is set already stays as it is.
 *
 *   node deploy/write-env.mjs [FILE]
 */
const secrets = {
  POSTGRES_PASSWORD: 'PostgreSQL’s superuser, which only `prepare` uses.',
  DATABASE_PASSWORD: 'The role that the server and the workers use.',
  MONGO_ROOT_PASSWORD: 'MongoDB’s administrator, which only makes the user below.',
  MONGO_PASSWORD: 'The user that keeps the jobs in MongoDB.',
  ADMIN_PASSWORD: 'The first superuser of the API.',
  PROVIDER_TOKEN: 'What the provider asks for. Replace it when PROVIDER_URL is a provider of your own.',
};

const file = process.argv[2] ?? fileURLToPath(new URL('../.env', import.meta.url));
const target = existsSync(file) ? realpathSync(file) : file;
const lines = existsSync(target) ? readFileSync(target, 'utf8').split(/\r?\n/) : [];
while (lines.at(-1) === '') lines.pop();

const assignment = /^\s*(?:export\s+)?(\w+)\s*[=:](.*)$/;
/** Where a variable is set, or set to nothing. The last line of a name counts, as for Compose. */
const places = new Map(lines.map((line, place) => [assignment.exec(line)?.[1], place]));
/** A comment needs a blank before its `#`; without one it is part of the value. */
const isEmpty = (line) => /^\s*(?:''|"")?(?:\s+#.*)?\s*$/.test(assignment.exec(line)[2]);

const written = [];
for (const [name, meaning] of Object.entries(secrets)) {
  const place = places.get(name);
  if (place !== undefined && !isEmpty(lines[place])) continue;
  const line = `${name}=${randomBytes(24).toString('base64url')}`;
  if (place === undefined) lines.push(`# ${meaning}`, line);
  else lines[place] = line;
  written.push(name);
}

if (written.length > 0) {
  // Written aside and moved into its place: an .env is never seen half-written, nor open to others.
  const aside = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(aside, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(aside, target);
  } finally {
    rmSync(aside, { force: true });
  }
}
chmodSync(target, 0o600);
process.stdout.write(
  written.length > 0
    ? `${target} has ${written.join(', ')} now. Keep it to yourself.\n`
    : `${target} has all secrets already. Nothing was changed.\n`,
);
