/** SQL: whether a change, a row of client_pasts `p`, came after the start of mailing `m`. */
export const isAfterStart = 'p.until > m.started_at OR NOT pg_visible_in_snapshot(p.changed_by, m.audience_snapshot)';

/**
 * SQL: a join that gives, as `past`, the tag and code that a client had when mailing `m` started. No row where neither has
 * changed since: the client's own count then.
 *
 * @param client an expression for the client's id
 */
export const joinPast = (client: string) => `
  LEFT JOIN LATERAL (
    SELECT p.tag_id, p.code_id FROM client_pasts p WHERE p.client_id = ${client} AND (${isAfterStart})
    ORDER BY p.id LIMIT 1) AS past ON true`;

/**
 * SQL: what a tag or a code was called when mailing `m` started, also when it was renamed or deleted since; of a mailing
 * that has not started, its name.
 *
 * @param id an expression for its id
 */
export const nameAtStart = (kind: 'tag' | 'code', id: string) => `
  coalesce(
    (SELECT n.name FROM past_names n
     WHERE n.kind = '${kind}' AND n.id = ${id} AND n.until > m.started_at ORDER BY n.until LIMIT 1),
    (SELECT t.${kind === 'tag' ? 'name' : 'code'}::text FROM ${kind}s t WHERE t.id = ${id}))`;

/** A change of a client may be needed as long as a mailing that began before it can be summed up again. */
const oldestOpen = `
  SELECT min(m.started_at) FROM mailings m
  WHERE m.started_at IS NOT NULL AND m.deleted_at IS NULL AND m.purged_at IS NULL
    AND (m.finished_at IS NULL OR m.end_at > clock_timestamp()
      OR EXISTS (SELECT FROM ranges r WHERE r.mailing_id = m.id AND (NOT r.summed OR r.unknown > 0)))`;

/**
 * SQL: removes at most $1 changes of clients that no count needs any more. Those of the last month stay, for whoever asks
 * why a client was not in an audience. The day is for transactions that were under way at a start.
 */
export const removePasts = `
  DELETE FROM client_pasts WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM client_pasts
    WHERE until < least(coalesce((${oldestOpen}), 'infinity') - interval '1 day', clock_timestamp() - interval '30 days')
    LIMIT $1)) RETURNING 1`;
