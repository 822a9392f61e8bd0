const namesOf = (kind: 'tag' | 'code', name: string) => `ARRAY(
  SELECT t.${name}::text FROM mailing_${kind}s f JOIN ${kind}s t ON t.id = f.${kind}_id WHERE f.mailing_id = m.id ORDER BY t.id)`;

/**
 * SQL: freezes the names of the filter of mailing `m`, once: whoever reads it later is told whom it was for. Its row has to
 * be locked by an earlier statement, or the names may be older than the row.
 */
export const freezeNames = `
  tag_names = coalesce(m.tag_names, ${namesOf('tag', 'name')}),
  code_names = coalesce(m.code_names, ${namesOf('code', 'code')})`;
