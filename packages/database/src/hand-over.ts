import type pg from 'pg';

/**
 * Gives a role what the superuser owns in this database, in one transaction. PostgreSQL's own REASSIGN OWNED refuses
 * for the superuser that initdb made, because the system's catalogs are that role's as well. So each object is named.
 * What belongs to an extension stays, and so does what follows its owner: a column's sequence, an array's type.
 */
export async function handOver(client: pg.Client, role: string): Promise<void> {
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ statement: string }>(superusersObjects, [role]);
    for (const { statement } of rows) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

const superusersObjects = `
  WITH superuser AS (SELECT oid FROM pg_roles WHERE rolname = current_user),
  schemas AS (
    SELECT oid, nspname, nspowner FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  ),
  objects AS (
    SELECT 'pg_namespace'::regclass AS catalog, oid, nspowner AS owner, 1 AS step, format('SCHEMA %I', nspname) AS object
    FROM schemas
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, relowner, 2, format('TABLE %I.%I', nspname, relname)
    FROM pg_class c JOIN schemas s ON s.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT (relkind = 'S' AND EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, typowner, 3, format('TYPE %I.%I', nspname, typname)
    FROM pg_type t JOIN schemas s ON s.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
    WHERE typtype <> 'm' AND (typrelid = 0 OR relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, proowner, 4,
      format('ROUTINE %I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p JOIN schemas s ON s.oid = pronamespace
    WHERE NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, x.oid, stxowner, 5, format('STATISTICS %I.%I', nspname, stxname)
    FROM pg_statistic_ext x JOIN schemas s ON s.oid = stxnamespace
  )
  SELECT format('ALTER %s OWNER TO %I', object, $1::text) AS statement
  FROM objects JOIN superuser ON superuser.oid = owner
  WHERE NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = catalog AND d.objid = objects.oid AND d.deptype = 'e')
  ORDER BY step, object`;
