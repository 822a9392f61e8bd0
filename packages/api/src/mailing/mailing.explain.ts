import type { Explanation, MailingStatus } from '@showroom/contract';
import { joinPast, nameAtStart } from '@showroom/database';
import type { Deps } from '../context.js';
import { readTimeline } from '../messages/messages.timeline.js';
import { found } from '../rows.js';
import { toMailing } from './mailing.presenter.js';
import { readMailing } from './mailing.service.js';

/** How a client stands to a mailing: as of its start, and as of now where it has not started. */
interface Stand {
  status: MailingStatus;
  has_started: boolean;
  is_purged: boolean;
  by_tag: boolean;
  by_code: boolean;
  is_client: boolean;
  /** Whether its tag or code has changed since the start, or it was deleted. */
  has_changed: boolean;
  /** Null when nothing is known of the client. */
  tag: string | null;
  code: string | null;
  message: number | null;
}

interface Names {
  tags: string[];
  codes: string[];
}

type Because = Explanation['because'];

const standOf = `
  SELECT m.status, m.started_at IS NOT NULL AS has_started, m.purged_at IS NOT NULL AS is_purged, m.by_tag, m.by_code,
    c.id IS NOT NULL AS is_client, past.tag_id IS NOT NULL AS has_changed,
    ${nameAtStart('tag', 'coalesce(past.tag_id, c.tag_id)')} AS tag,
    ${nameAtStart('code', 'coalesce(past.code_id, c.code_id)')} AS code,
    (SELECT id FROM messages WHERE client_id = $2 AND mailing_id = $1 AND m.purged_at IS NULL LIMIT 1) AS message
  FROM mailings m LEFT JOIN clients c ON c.id = $2 ${joinPast('$2')}
  WHERE m.id = $1 AND m.deleted_at IS NULL`;

/** Why a client was or was not in the audience, and what became of it: what an operator is asked at three in the morning. */
export async function explainClient(deps: Deps, { id, client }: { id: number; client: number }): Promise<Explanation> {
  const rows = deps.database.sql<Stand>(standOf, [id, client]).then(([row]) => row ?? null);
  const stand = await found(rows, 'mailing.not_found');
  const names = toMailing(await readMailing(deps, { id }));
  const because = explain(stand, names);
  return {
    mailing: id,
    client,
    in_audience: isInAudience(stand),
    because,
    explanation: tell(because, stand, names),
    message: stand.message === null ? null : await readTimeline(deps, { id: stand.message }),
  };
}

const endedBeforeStart = ({ status, has_started }: Stand): boolean =>
  !has_started && (status === 'expired' || status === 'canceled');

/** Null where it is not decided yet, or not known any more. */
function isInAudience(stand: Stand): boolean | null {
  if (stand.is_purged) return null;
  if (stand.has_started) return stand.message !== null;
  return endedBeforeStart(stand) ? false : null;
}

function explain(stand: Stand, names: Names): Because {
  if (stand.is_purged) return 'messages_removed';
  if (stand.message !== null) return 'is_in_the_audience';
  if (endedBeforeStart(stand)) return stand.status === 'canceled' ? 'canceled_before_start' : 'expired_before_start';
  if (stand.tag === null || stand.code === null) return 'no_such_client';
  const hasTag = !stand.by_tag || names.tags.includes(stand.tag);
  const hasCode = !stand.by_code || names.codes.includes(stand.code);
  if (!hasTag && !hasCode) return 'other_tag_and_code';
  if (!hasTag) return 'other_tag';
  if (!hasCode) return 'other_code';
  return stand.has_started ? 'matches_since' : 'mailing_not_started';
}

function tell(because: Because, stand: Stand, names: Names): string {
  const [be, notMatching] = stand.has_changed
    ? ['was', 'The client did not match when the mailing started']
    : ['is', 'The client does not match'];
  const otherTag = `its tag ${be} "${stand.tag}", and the mailing is for ${list(names.tags)}`;
  const otherCode = `its code ${be} "${stand.code}", and the mailing is for ${list(names.codes)}`;
  const sentences: Record<Because, string> = {
    is_in_the_audience: 'The client matched when the mailing started.',
    no_such_client: 'There is no client with this id, and none was in the audience.',
    other_tag: `${notMatching}: ${otherTag}.`,
    other_code: `${notMatching}: ${otherCode}.`,
    other_tag_and_code: `${notMatching}: ${otherTag}; ${otherCode}.`,
    matches_since: stand.is_client
      ? 'The client matches now, but did not when the mailing started. It was added or changed later.'
      : 'The client was added after the mailing started, and has been deleted since.',
    messages_removed: 'The mailing ended long ago. Its messages were removed, and only their counts are kept.',
    expired_before_start: 'The mailing expired: its end passed before it could start. It had no messages.',
    canceled_before_start: 'The mailing was canceled before it started. It had no messages.',
    mailing_not_started:
      stand.status === 'paused'
        ? 'The mailing was paused before its start. The client would be in its audience if it started now.'
        : 'The mailing has not started. The client would be in its audience if it started now.',
  };
  return sentences[because];
}

const list = (names: string[]) =>
  names.length === 0 ? 'none (those it named were deleted)' : names.map((name) => `"${name}"`).join(', ');
