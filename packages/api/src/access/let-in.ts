import type { ProcedureContract } from '@showroom/contract';
import { recordRefusal } from '../audit/record.js';
import type { Caller, Context, Deps } from '../context.js';
import { ApiError, forbidden } from '../errors.js';
import type { Origin } from './origin.js';
import { storedUsername } from './username.js';

/** Whoever calls what is open: nobody in particular. */
const nobody: Caller = {
  id: 0,
  username: '',
  isSuperuser: false,
  isStaff: false,
  permissions: new Set(),
  tokenId: null,
  sessionId: null,
};

type ReadInput = () => unknown;

/**
 * The one place where a caller is let in: with what the contract says the procedure needs, and from where they may come.
 * A browser sends its cookie along whoever made it call, so what changes something has to come from a page of ours; a
 * password that it remembers, too, so with one it must not come from another's. A token no browser sends of its own.
 *
 * @param readInput gives the input as it was sent, or what is known of it. It is read only where the contract names an
 *   own row, to see whose it is, and the caller has nothing else to be let in by
 * @throws ApiError auth.… for everybody else; recorded, when it is known who
 */
export async function letIn(context: Context, contract: ProcedureContract, readInput: ReadInput): Promise<Caller> {
  const refusal = await judge(context, contract, readInput);
  if (!(refusal instanceof ApiError)) return refusal;
  await recordRefusedCall(context, contract, refusal);
  throw refusal;
}

async function judge(
  { caller, deps, entrance }: Context,
  contract: ProcedureContract,
  readInput: ReadInput,
): Promise<Caller | ApiError> {
  const changes = contract.kind === 'mutation';
  if (contract.needs === 'open') {
    return changes && entrance.cameFrom === 'other' ? new ApiError('auth.other_origin') : nobody;
  }
  if (caller instanceof ApiError) return caller;
  if (changes && !mayComeFrom(caller, entrance.cameFrom)) return new ApiError('auth.other_origin');
  return (await mayCall(deps, caller, contract, readInput)) ? caller : forbidden(contract.needs);
}

function mayComeFrom({ sessionId, tokenId }: Caller, origin: Origin): boolean {
  if (sessionId !== null) return origin === 'own';
  return tokenId !== null || origin !== 'other';
}

async function mayCall(
  { database }: Deps,
  caller: Caller,
  { needs, own }: ProcedureContract,
  readInput: ReadInput,
): Promise<boolean> {
  const hasPassword = caller.tokenId === null;
  if (needs === 'user') return true;
  if (needs === 'password') return hasPassword;
  if (caller.isSuperuser || caller.permissions.has(needs)) return true;
  if (own === null || !hasPassword) return false;
  const input = (await readInput()) as Record<string, unknown> | undefined;
  const given = input?.[own];
  return typeof given === 'string' && (await storedUsername(database, given)) === caller.username;
}

/** Records that a known caller was refused; of strangers there is nothing to tell. */
export async function recordRefusedCall(
  { deps, caller, entrance }: Context,
  { operationId, path }: ProcedureContract,
  { error }: ApiError,
): Promise<void> {
  if (caller instanceof ApiError) return;
  const { username, id: userId, tokenId } = caller;
  const resource = path.split('/')[1]!;
  const { address } = entrance;
  await recordRefusal(deps, { username, userId, tokenId, address, operation: operationId, resource, reason: error });
}
