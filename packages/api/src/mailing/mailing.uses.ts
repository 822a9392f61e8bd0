import type { Transaction } from '@showroom/database';
import type { Deps } from '../context.js';

/** How many mailings a refusal names at most. */
const mostNamed = 20;

const openMailings = (kind: 'tag' | 'code') => `
  SELECT m.id, count(*) OVER ()::int AS count FROM mailing_${kind}s f JOIN mailings m ON m.id = f.mailing_id
  WHERE f.${kind}_id = $1 AND m.status IN ('scheduled', 'running', 'paused') AND m.deleted_at IS NULL
  ORDER BY m.id LIMIT ${mostNamed}`;

/**
 * Why a tag or a code cannot be deleted: clients use it, or mailings that have not ended name it. Null when it can be. Its
 * row has to be locked: a mailing that would name it waits for the lock, or is seen here.
 *
 * @param what what the row is called in a sentence
 */
export async function tellUses(
  { database }: Deps,
  { kind, id, what }: { kind: 'tag' | 'code'; id: number; what: string },
  transaction: Transaction,
): Promise<string | null> {
  const mailings = await database.sql<{ id: number; count: number }>(openMailings(kind), [id], transaction);
  const where = kind === 'tag' ? { tagId: id } : { codeId: id };
  const isUsed = (await database.clients.findOne({ attributes: ['id'], where, transaction })) !== null;
  const clients = isUsed ? await database.clients.count({ where, transaction }) : 0;
  const sentences = [...tellClients(clients, what), ...tellMailings(mailings, what)];
  return sentences.length > 0 ? sentences.join(' ') : null;
}

const tellClients = (clients: number, what: string): string[] =>
  clients > 0 ? [`${clients} ${clients === 1 ? 'client uses' : 'clients use'} this ${what}.`] : [];

function tellMailings(mailings: readonly { id: number; count: number }[], what: string): string[] {
  const [first] = mailings;
  if (!first) return [];
  if (first.count === 1)
    return [`A mailing that has not ended names this ${what}: ${first.id}. Change or cancel it first.`];
  const more = first.count - mailings.length;
  const ids = mailings.map(({ id }) => id).join(', ');
  return [
    `${first.count} mailings that have not ended name this ${what}: ${ids}${more > 0 ? ` and ${more} more` : ''}. Change or cancel them first.`,
  ];
}
