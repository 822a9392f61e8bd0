import { toDrfDatetime } from './datetime.js';

/** An answer as JSON has it: every Date becomes a string in the old service's format. */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return toDrfDatetime(value);
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toWire(each)]));
}
