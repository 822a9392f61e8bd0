import { cpus, loadavg } from 'node:os';
import { withClient } from './databases.js';

const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size'];

/**
 * The circumstances of a measurement, in a line to print beside it: date, load average of the last one, five and fifteen
 * minutes, processors, and how PostgreSQL keeps what is committed.
 *
 * @param url of the measured PostgreSQL
 * @example process.stdout.write(`${await tellCircumstances(database.url)}\n`);
 */
export async function tellCircumstances(url: string): Promise<string> {
  const load = loadavg().map((value) => value.toFixed(2));
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model.trim() || 'an unnamed processor'}`;
  return `${new Date().toISOString().slice(0, 16)}Z, load ${load.join(' ')}, ${machine}, Node ${process.version}, ${await tellPostgres(url)}`;
}

const tellPostgres = (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const values = settings.map((name) => `current_setting('${name}')`).join(', ');
    const { rows } = await client.query<string[]>({
      text: `SELECT current_setting('server_version'), ${values}`,
      rowMode: 'array',
    });
    const [version, ...given] = rows[0]!;
    return `PostgreSQL ${version}: ${settings.map((name, index) => `${name} ${given[index]}`).join(', ')}`;
  });
