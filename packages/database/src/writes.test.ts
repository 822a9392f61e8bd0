import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Postgres, startPostgres } from '@showroom/postgres';
import { createTestDatabase, withClient } from '@showroom/testing';
import { expect } from 'chai';
import { openDatabase } from './database.js';
import { troubleOf } from './trouble.js';
import { tellWhyNoWrites } from './writes.js';

describe('whether PostgreSQL takes writes', () => {
  it('is told of a database that does, and of one that is read-only', async () => {
    const testDatabase = await createTestDatabase();
    const database = await openDatabase({ url: testDatabase.url });
    try {
      expect(await tellWhyNoWrites(database)).to.equal(undefined);
      const url = new URL(testDatabase.url);
      await testDatabase.query(`ALTER DATABASE ${url.pathname.slice(1)} SET default_transaction_read_only = on`);
      const standby = await openDatabase({ url: testDatabase.url });
      expect(await tellWhyNoWrites(standby)).to.equal('PostgreSQL is read-only');
      await standby.close();
    } finally {
      await database.close();
      await testDatabase.drop();
    }
  });

  describe('is told of a disk that is full', function () {
    this.timeout(60_000);
    let disk: string;
    let isMounted = false;
    let postgres: Postgres | undefined;

    before(async function () {
      disk = mkdtempSync(path.join(tmpdir(), 'showroom-disk-'));
      isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk]).status === 0;
      if (!isMounted) {
        process.stderr.write('LEFT OUT, a disk that is really full: only root can mount one of a small size.\n');
        return this.skip();
      }
      chmodSync(disk, 0o777);
      postgres = await startPostgres({ dir: path.join(disk, 'showroom'), settings: { max_wal_size: '32MB' } });
    });
    after(async () => {
      await postgres?.stop();
      if (isMounted) execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    });

    it('while reading goes on, and of one that has room again', async () => {
      const { url } = postgres!;
      const database = await openDatabase({ url });
      const filler = path.join(disk, 'filler');
      try {
        await withClient(url, (client) =>
          client.query('CREATE TABLE notes (note text); ALTER TABLE notes ALTER note SET STORAGE PLAIN'),
        );
        expect(await tellWhyNoWrites(database)).to.equal(undefined);
        writeFileSync(filler, Buffer.alloc(statfsSync(disk).bavail * statfsSync(disk).bsize - 65_536));
        const fill = `INSERT INTO notes SELECT repeat('x', 7000) FROM generate_series(1, 100)`;
        const failure = await database.sql(fill).then(
          () => null,
          (error: unknown) => error,
        );
        expect(troubleOf(failure)).to.equal('full');
        expect(await tellWhyNoWrites(database)).to.equal('the disk of PostgreSQL is full');
        expect(await database.sql('SELECT count(*)::int AS notes FROM notes')).to.deep.equal([{ notes: 0 }]);
        rmSync(filler);
        expect(await tellWhyNoWrites(database)).to.equal(undefined);
        await database.sql(fill);
      } finally {
        rmSync(filler, { force: true });
        await database.close();
      }
    });
  });
});
