import type { ProcedureContract } from '@showroom/contract';
import { z } from 'zod';
import { hasLongList, isLong, mapInSlices } from '../../slices.js';
import { toDrfDatetime } from './datetime.js';

/** Compiles how a procedure's output becomes a body, or the promise of a long one: its dates as strings in the old service's format, where it has any. */
export const compileOutput = ({ output }: ProcedureContract): ((output: unknown) => unknown) =>
  hasDates(output) ? (body) => (hasLongList(body) ? withDatesInSlices(body) : withDatesAsText(body)) : (body) => body;

async function withDatesInSlices(answer: Record<string, unknown>): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answer)) {
    body[key] = isLong(value) ? await mapInSlices(value, withDatesAsText) : withDatesAsText(value);
  }
  return body;
}

/** Whether a value of this schema may hold a date; yes, where the schema does not tell. */
function hasDates(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return hasDates(schema.unwrap());
  if (schema instanceof z.ZodArray) return hasDates(schema.element);
  if (schema instanceof z.ZodRecord) return hasDates(schema.valueType);
  if (schema instanceof z.ZodObject) return Object.values(schema.shape as z.core.$ZodShape).some(hasDates);
  return !plain.some((type) => schema instanceof type);
}

const plain = [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodVoid, z.ZodNull];

function withDatesAsText(value: unknown): unknown {
  if (value instanceof Date) return toDrfDatetime(value);
  if (Array.isArray(value)) return value.map(withDatesAsText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withDatesAsText(each)]));
}
