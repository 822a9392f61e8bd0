import type { Explanation } from '@showroom/contract';
import type { Deps } from '../context.js';
import { readTimeline } from '../messages/messages.timeline.js';
import { found } from '../rows.js';
import { toMailing } from './mailing.presenter.js';
import { readMailing } from './mailing.service.js';

/** How a client stands to a mailing's filter by now. */
interface Stand {
  has_started: boolean;
  message: number | null;
  is_client: boolean;
  tag: string | null;
  code: string | null;
  has_tag: boolean;
  has_code: boolean;
  is_purged: boolean;
}

const standOf = `
  SELECT m.started_at IS NOT NULL AS has_started, m.purged_at IS NOT NULL AS is_purged, c.id IS NOT NULL AS is_client, t.name AS tag, o.code AS code,
    (SELECT id FROM messages WHERE client_id = $2 AND mailing_id = $1 AND m.purged_at IS NULL LIMIT 1) AS message,
    NOT m.by_tag OR EXISTS (SELECT FROM mailing_tags f WHERE f.mailing_id = m.id AND f.tag_id = c.tag_id) AS has_tag,
    NOT m.by_code OR EXISTS (SELECT FROM mailing_codes f WHERE f.mailing_id = m.id AND f.code_id = c.code_id) AS has_code
  FROM mailings m
  LEFT JOIN clients c ON c.id = $2 LEFT JOIN tags t ON t.id = c.tag_id LEFT JOIN codes o ON o.id = c.code_id
  WHERE m.id = $1 AND m.deleted_at IS NULL`;

/** Why a client was or was not in the audience, and what became of it: what an operator is asked at three in the morning. */
export async function explainClient(deps: Deps, { id, client }: { id: number; client: number }): Promise<Explanation> {
  const rows = deps.database.sql<Stand>(standOf, [id, client]).then(([row]) => row ?? null);
  const stand = await found(rows, 'mailing.not_found');
  const names = toMailing(await readMailing(deps, { id }));
  const because = judge(stand);
  return {
    mailing: id,
    client,
    in_audience: stand.has_started && !stand.is_purged ? stand.message !== null : null,
    because,
    explanation: tell(because, stand, names),
    message: stand.message === null ? null : await readTimeline(deps, { id: stand.message }),
  };
}

function judge({ message, is_client, has_started, has_tag, has_code, is_purged }: Stand): Explanation['because'] {
  if (is_purged) return 'messages_removed';
  if (message !== null) return 'is_in_the_audience';
  if (!is_client) return 'no_such_client';
  if (!has_tag && !has_code) return 'other_tag_and_code';
  if (!has_tag) return 'other_tag';
  if (!has_code) return 'other_code';
  return has_started ? 'matches_since' : 'mailing_not_started';
}

function tell(
  because: Explanation['because'],
  { tag, code }: Stand,
  names: { tags: string[]; codes: string[] },
): string {
  const otherTag = `its tag is "${tag}", and the mailing is for ${list(names.tags)}`;
  const otherCode = `its code is "${code}", and the mailing is for ${list(names.codes)}`;
  const sentences: Record<Explanation['because'], string> = {
    is_in_the_audience: 'The client matched when the mailing started.',
    no_such_client: 'There is no such client; and none with this id was in the audience.',
    other_tag: `The client does not match: ${otherTag}.`,
    other_code: `The client does not match: ${otherCode}.`,
    other_tag_and_code: `The client does not match: ${otherTag}; ${otherCode}.`,
    matches_since: 'The client matches by now, but did not when the mailing started: it was added or changed later.',
    messages_removed: 'The mailing ended long ago, and its messages were removed: only their counts are kept.',
    mailing_not_started: 'The mailing has not started; the client would be in its audience by now.',
  };
  return sentences[because];
}

const list = (names: string[]) =>
  names.length === 0 ? 'none (those it named were deleted)' : names.map((name) => `"${name}"`).join(', ');
