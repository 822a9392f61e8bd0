import type { Migration, Step } from './migration.js';

/** Those that were applied before there were steps. */
export const oldOnes = 8;

/**
 * What in a migration could stop those who use a large database, in words with the way out; nothing when it is safe. It
 * reads SQL roughly: it is there to remind, and cannot prove.
 *
 * @param position of the migration in the list, from 0
 */
export function tellUnsafe(migration: object, position: number): string | undefined {
  if (position < oldOnes) return undefined;
  const { name, steps, ...rest } = migration as Migration;
  const more = Object.keys(rest);
  if (!steps || more.length > 0) return `${name} exports ${more.join(', ')}: export name and steps, and nothing else`;
  for (const [index, step] of steps.entries()) {
    const found = tellUnsafeStep(step);
    if (found) return `step ${index + 1} of ${name} ${found}`;
  }
  return undefined;
}

function tellUnsafeStep(step: Step): string | undefined {
  if (step.kind === 'batches') {
    return /\bLIMIT \d+/i.test(step.sql)
      ? undefined
      : 'writes without a LIMIT: take some milliseconds of work at a time';
  }
  if (step.kind !== 'create' && step.kind !== 'change') return undefined;
  const sql = withoutBodies(step.sql);
  const found = forbidden.find(({ pattern }) => pattern.test(sql));
  if (found) return found.instead;
  const created = new Set(all(sql, /CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gi));
  const declared = step.kind === 'change' ? step.table : null;
  const isOld = (table: string) => table !== declared && !created.has(table);
  const indexed = all(sql, /CREATE (?:UNIQUE )?INDEX (?:\w+ )?ON (\w+)/gi).find((table) => !created.has(table));
  if (indexed) return `builds an index on ${indexed}, which exists: use buildIndex`;
  const locked = all(
    sql,
    /(?:ALTER TABLE|TRUNCATE|DROP TABLE|REFERENCES|TRIGGER [^;]*? ON) (?:IF EXISTS )?(\w+)/gi,
  ).find(isOld);
  return locked && `locks ${locked}: give it a step of its own, change('${locked}', …)`;
}

const forbidden = [
  {
    pattern: /\bCONCURRENTLY\b/i,
    instead: 'works CONCURRENTLY, which no transaction can: use buildIndex or dropIndex',
  },
  { pattern: /\bDROP INDEX\b/i, instead: 'removes an index under a lock: use dropIndex' },
  {
    pattern: /(?:^|;)\s*(?:WITH\b[^;]*\b)?(?:UPDATE|DELETE)\b/i,
    instead: 'writes into rows that exist: use inBatches',
  },
  { pattern: /\bINSERT\b[^;]*\bSELECT\b[^;]*\bFROM (?!\(VALUES)\w/i, instead: 'copies rows that exist: use inBatches' },
  {
    pattern: /\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b/i,
    instead: 'rewrites a table: add a column and use inBatches',
  },
  { pattern: /\bSET NOT NULL\b/i, instead: 'reads a whole table: add a CHECK as NOT VALID, and use validate' },
  {
    pattern: /\bADD (?:COLUMN )?\w+ [^,;]*(?:DEFAULT (?:clock_timestamp|random|gen_random_uuid|nextval)|GENERATED)/i,
    instead: 'rewrites a table: add the column without a default, and use inBatches',
  },
  {
    pattern: /\bADD CONSTRAINT \w+ (?:CHECK|FOREIGN KEY)(?![^;]*NOT VALID)/i,
    instead: 'checks a whole table under a lock: add the constraint as NOT VALID, and use validate',
  },
  {
    pattern: /\bADD (?:CONSTRAINT \w+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)(?! USING INDEX)/i,
    instead: 'builds an index under a lock: use buildIndex, and add the constraint USING INDEX',
  },
  { pattern: /\block_timeout\b/i, instead: 'sets lock_timeout, which the runner does' },
  { pattern: /\b(?:VACUUM FULL|CLUSTER|REINDEX|REFRESH MATERIALIZED)\b/i, instead: 'rewrites a table under a lock' },
];

/** Without the bodies of functions, comments and texts: they run when somebody calls. */
const withoutBodies = (sql: string) =>
  sql
    .replace(/\$(\w*)\$.*?\$\1\$/gs, "''")
    .replace(/--[^\n]*/g, '')
    .replace(/'[^']*'/g, "''");

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found!);
