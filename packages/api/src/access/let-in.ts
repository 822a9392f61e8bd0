import type { ProcedureContract } from '@showroom/contract';
import { recordRefusal } from '../audit/record.js';
import type { Caller, Context } from '../context.js';
import { ApiError, forbidden } from '../errors.js';
import type { Origin } from './origin.js';

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

/**
 * The one place where a caller is let in: with what the contract says the procedure needs, and from where they may come.
 * A browser sends its cookie along whoever made it call, so what changes something has to come from a page of ours; a
 * password that it remembers, too, so with one it must not come from another's. A token no browser sends of its own.
 *
 * @param input as it was sent, or what is known of it: where the contract names an own row, it tells whose it is
 * @throws ApiError auth.… for everybody else; recorded, when it is known who
 */
export async function letIn(context: Context, contract: ProcedureContract, input: unknown): Promise<Caller> {
  const refusal = judge(context, contract, input);
  if (!(refusal instanceof ApiError)) return refusal;
  await recordRefusedCall(context, contract, refusal);
  throw refusal;
}

function judge({ caller, entrance }: Context, contract: ProcedureContract, input: unknown): Caller | ApiError {
  const changes = contract.kind === 'mutation';
  if (contract.needs === 'open') {
    return changes && entrance.cameFrom === 'other' ? new ApiError('auth.other_origin') : nobody;
  }
  if (caller instanceof ApiError) return caller;
  if (changes && !mayComeFrom(caller, entrance.cameFrom)) return new ApiError('auth.other_origin');
  return mayCall(caller, contract, input) ? caller : forbidden(contract.needs);
}

function mayComeFrom({ sessionId, tokenId }: Caller, origin: Origin): boolean {
  if (sessionId !== null) return origin === 'own';
  return tokenId !== null || origin !== 'other';
}

function mayCall(caller: Caller, { needs, own }: ProcedureContract, input: unknown): boolean {
  const hasPassword = caller.tokenId === null;
  if (needs === 'user') return true;
  if (needs === 'password') return hasPassword;
  if (caller.isSuperuser || caller.permissions.has(needs)) return true;
  return own !== null && hasPassword && (input as Record<string, unknown> | undefined)?.[own] === caller.username;
}

/** Records that a known caller was refused; of strangers there is nothing to tell. */
export async function recordRefusedCall(
  { deps, caller, entrance }: Context,
  { operationId, path }: ProcedureContract,
  { error }: ApiError,
): Promise<void> {
  if (caller instanceof ApiError) return;
  const { username, tokenId } = caller;
  const resource = path.split('/')[1]!;
  const { address } = entrance;
  await recordRefusal(deps, { username, tokenId, address, operation: operationId, resource, reason: error });
}
