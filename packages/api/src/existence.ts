import type { Contract } from '@showroom/contract';
import { readClient } from './clients/clients.service.js';
import { readCode } from './codes/codes.service.js';
import type { Deps } from './context.js';
import { ApiError } from './errors.js';
import { readGroup } from './groups/groups.service.js';
import { readMailing } from './mailing/mailing.service.js';
import { findMessage } from './messages/messages.timeline.js';
import { readTag } from './tags/tags.service.js';
import { readUser } from './users/users.service.js';

/** What a path names: `{ id: 5 }`, `{ username: 'ivan' }`. */
export type RowRef = Readonly<Record<string, unknown>>;

/** How a row is found, of each resource whose rows are changed by a request with a body. */
const finders: Partial<Record<keyof Contract, (deps: Deps, ref: never) => Promise<unknown>>> = {
  clients: readClient,
  codes: readCode,
  groups: readGroup,
  mailing: readMailing,
  messages: findMessage,
  tags: readTag,
  users: readUser,
};

/**
 * Compiles the check whether a resource's row is there. The check asks for no permission and writes nothing to the
 * audit: call it for callers who were let in.
 *
 * @example const isThere = compileExistence('tags'); await isThere(deps, { id: 5 });
 */
export function compileExistence(resource: string): (deps: Deps, ref: RowRef) => Promise<boolean> {
  const find = finders[resource as keyof Contract];
  if (!find) throw new Error(`existence.ts does not say how a row of ${resource} is found`);
  return async (deps, ref) => {
    try {
      await find(deps, ref as never);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'NOT_FOUND') return false;
      throw error;
    }
  };
}
