import { type CustomIssue, issue } from '@showroom/contract';
import type { Settings } from '../settings.js';

/** That a new password is shorter than this server takes, if it is. */
export function judgePassword(
  { passwordMinLength: minimum }: Settings,
  { password }: { password?: string },
): CustomIssue[] {
  if (password === undefined || [...password].length >= minimum) return [];
  const message = `This password is too short. It must contain at least ${minimum} characters.`;
  return [issue('short_password', ['password'], message, { minimum })];
}
