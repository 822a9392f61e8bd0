import { InvalidArgumentError } from 'commander';
import { type Moment, toMoment } from './moment.js';

/** What is typed after an option, as commander has it read: the value, or a refusal that commander shows. */
export function readId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number greater than 0.');
  return Number(text);
}

export function readMoment(text: string): Moment {
  const moment = toMoment(text);
  if (typeof moment === 'string') throw new InvalidArgumentError(moment);
  return moment;
}

export function readEnd(text: string): Moment {
  if (text === 'now') throw new InvalidArgumentError('Nothing would be sent: say when it ends, +2h for instance.');
  return readMoment(text);
}

/** An option that may be given several times. An empty name is a variable that was not set, and no name. */
export function gatherNames(name: string, before: string[] = []): string[] {
  if (name.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return [...before, name];
}
