import { expect } from 'chai';
import { migrations } from '../migrations/index.js';
import { buildIndex, change, create, inBatches, validate } from './migration.js';
import { oldOnes, tellUnsafe } from './unsafe.js';

describe('every migration with steps', () => {
  for (const [position, migration] of migrations.entries()) {
    if (position < oldOnes) continue;
    it(`${migration.name} is safe while others use a large database`, () => {
      expect(tellUnsafe({ ...migration }, position)).to.equal(undefined);
    });
  }
});

describe('a migration', () => {
  const name = '0099-new';
  const look = (...steps: object[]) => tellUnsafe({ name, steps }, 99);
  const refused: [string, object, string][] = [
    ['an index', create('CREATE INDEX new_one ON clients (id)'), 'buildIndex'],
    ['an index of the table it changes', change('clients', 'CREATE UNIQUE INDEX a ON clients (id)'), 'buildIndex'],
    ['an index in the wrong step', create('CREATE INDEX CONCURRENTLY a ON clients (id)'), 'buildIndex'],
    ['the end of an index', create('DROP INDEX clients_tag'), 'dropIndex'],
    ['a lock that it does not name', create('ALTER TABLE clients ADD a text'), `change('clients', …)`],
    [
      'two tables at once',
      change('tags', 'ALTER TABLE tags ADD a text; ALTER TABLE codes ADD a text'),
      `change('codes'`,
    ],
    ['a foreign key', create('CREATE TABLE a (id bigint REFERENCES users)'), `change('users', …)`],
    [
      'a trigger',
      create('CREATE TRIGGER t AFTER UPDATE ON clients FOR EACH ROW EXECUTE FUNCTION f()'),
      `change('clients', …)`,
    ],
    ['a write', change('mailings', `ALTER TABLE mailings ADD a text; UPDATE mailings SET a = ''`), 'inBatches'],
    ['a removal', create('DELETE FROM audit'), 'inBatches'],
    ['a copy', create('CREATE TABLE a (id bigint); INSERT INTO a SELECT id FROM clients'), 'inBatches'],
    ['a write without a limit', inBatches('UPDATE mailings SET a = 1 WHERE a IS NULL'), 'LIMIT'],
    ['a new type', change('tags', 'ALTER TABLE tags ALTER COLUMN name TYPE text'), 'rewrites'],
    [
      'a default that differs by row',
      change('tags', 'ALTER TABLE tags ADD a uuid DEFAULT gen_random_uuid()'),
      'rewrites',
    ],
    ['a check', change('tags', `ALTER TABLE tags ADD CONSTRAINT a CHECK (name <> '')`), 'NOT VALID'],
    ['not null', change('tags', 'ALTER TABLE tags ALTER name SET NOT NULL'), 'NOT VALID'],
    ['a unique constraint', change('tags', 'ALTER TABLE tags ADD CONSTRAINT a UNIQUE (name)'), 'USING INDEX'],
    ['a time-out of its own', create('SET LOCAL lock_timeout = 0; CREATE TABLE a ()'), 'lock_timeout'],
  ];
  for (const [what, step, wayOut] of refused) {
    it(`is refused for ${what}, and told what to do`, () => {
      expect(look(step))
        .to.match(/^step 1 of 0099-new /)
        .and.contain(wayOut);
    });
  }

  it('is refused without steps: its DDL would wait for locks as long as it takes', () => {
    expect(tellUnsafe({ name, up: 'CREATE TABLE a ()' }, 99)).to.contain('export name and steps');
  });

  it('is taken with each kind of step', () => {
    expect(
      look(
        create(`CREATE TABLE a (id bigint PRIMARY KEY, b text); CREATE INDEX a_b ON a (b);
          INSERT INTO permissions (codename, name) SELECT a, b FROM (VALUES ('x', 'y')) AS seed (a, b);
          CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ UPDATE clients SET id = id; DELETE FROM tags $$`),
        change('tags', 'ALTER TABLE tags ADD a text; ALTER TABLE tags ADD CONSTRAINT b CHECK (true) NOT VALID'),
        validate('tags', 'b'),
        inBatches('UPDATE tags SET a = name WHERE id IN (SELECT id FROM tags WHERE a IS NULL LIMIT 1000)'),
        buildIndex('tags_a', 'tags (a)', { unique: true }),
        change('tags', 'ALTER TABLE tags ADD CONSTRAINT c UNIQUE USING INDEX tags_a'),
      ),
    ).to.equal(undefined);
  });
});
