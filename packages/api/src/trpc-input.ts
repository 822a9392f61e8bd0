import { largestPageSize, type ProcedureContract } from '@showroom/contract';
import superjson from 'superjson';
import { z } from 'zod';
import { ApiError } from './errors.js';
import { shorten } from './shorten.js';
import { serializeOutput } from './trpc-output.js';

/*
 * superjson rebuilds any class, set or typed array that an input asks for, and the caller chooses at what cost. So it
 * reads no input here. Inputs hold dates and `undefined` beside JSON; only these two are restored, by one walk that
 * reaches own fields alone.
 */

/** How many annotations one request may carry, over all calls of its batch. */
const mostAnnotations = 1_000;
/** `tags.0` is as deep as an input of the contract goes. */
const deepestPath = 8;
const longestPath = 500;

const sealed = Symbol('sealed input');

/** A payload as it was sent. tRPC may add the id of the last event that a subscription's client has seen. */
interface Sealed {
  readonly [sealed]: unknown;
}

/** tRPC reads inputs with it before anybody knows who calls. It does nothing, so strangers cost nothing. */
export const transformer = {
  input: { serialize: superjson.serialize, deserialize: (payload: unknown): Sealed => ({ [sealed]: payload }) },
  output: { serialize: serializeOutput, deserialize: superjson.deserialize },
};

/** Restores the inputs of one request, each once. */
export type OpenInput = (raw: unknown, contract: ProcedureContract) => unknown;

/**
 * Makes what opens the inputs of one request. What REST has read is passed on as it is.
 *
 * @throws ApiError request.invalid for annotations that are not taken
 */
export function createOpener(): OpenInput {
  let left = mostAnnotations;
  let rowsLeft = largestPageSize;

  /** The answers of a batch are written in one piece: together they may have as many rows as one page. */
  function countRows(input: Container, { input: schema, defaultLimit }: ProcedureContract): void {
    if (!(schema instanceof z.ZodObject && Object.hasOwn(schema.shape, 'limit'))) return;
    const { limit = defaultLimit } = input;
    if (typeof limit !== 'number' || !(limit > 0 && limit <= largestPageSize)) return;
    rowsLeft -= limit;
    if (rowsLeft >= 0) return;
    const most = `The calls of a batch may ask for at most ${largestPageSize} rows together`;
    const own = input.limit === undefined ? `It has no limit, so it counts as ${limit}.` : `Its limit is ${limit}.`;
    throw refusal(`${most}. ${own} Lower the limit, or send this call in a request of its own.`);
  }

  function restore(payload: unknown): unknown {
    if (!isRecord(payload)) throw refusal('The input must be an object: {"json": …}.');
    const { json, meta } = payload;
    if (meta === undefined || meta === null) return json;
    if (!isRecord(meta)) throw refusal('"meta" must be an object.');
    // superjson's clients also send "referentialEqualities". Every value stands in the JSON already.
    const { values } = meta;
    if (values === undefined || values === null) return json;
    if (Array.isArray(values)) return restoreLeaf(json, values, 'the input');
    if (!isRecord(values)) throw refusal('"meta.values" must be an object.');
    const paths = Object.keys(values);
    left -= paths.length;
    if (left < 0) throw refusal(`A request may carry at most ${mostAnnotations} annotations in "meta.values".`);
    for (const path of paths) restoreAt(json, path, values[path]);
    return json;
  }

  return (raw, contract) => {
    if (!isSealed(raw)) return raw;
    const { [sealed]: payload, ...added } = raw;
    const input = restore(payload);
    if (isRecord(input)) countRows(input, contract);
    return isRecord(input) && Object.keys(added).length > 0 ? { ...input, ...added } : input;
  };
}

function restoreAt(json: unknown, path: string, annotation: unknown): void {
  const steps = toSteps(path);
  const last = steps.pop()!;
  let parent = json;
  for (const step of steps) parent = isContainer(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
  if (!isContainer(parent) || !Object.hasOwn(parent, last)) throw refusal(`"${shorten(path)}" is not in the input.`);
  parent[last] = restoreLeaf(parent[last], annotation, `"${shorten(path)}"`);
}

/** A date that is none stays one: the schema refuses it, and names its field. */
function restoreLeaf(value: unknown, annotation: unknown, where: string): Date | undefined {
  const [type, ...children] = Array.isArray(annotation) ? annotation : [];
  if (children.length === 0 && type === 'Date' && typeof value === 'string') return new Date(value);
  if (children.length === 0 && type === 'undefined' && value === null) return undefined;
  throw refusal(`Only ["Date"] of a string and ["undefined"] of null are taken, which ${where} is not.`);
}

/** superjson's paths: `a.b`, with a backslash before a dot or a backslash that belongs to a name. */
function toSteps(path: string): string[] {
  if (path.length > longestPath) throw refusal('A path in "meta.values" is too long.');
  const steps = path.split(/(?<!\\)\./, deepestPath + 1);
  if (steps.length > deepestPath) throw refusal('A path in "meta.values" is too deep.');
  return steps.map((step) => step.replace(/\\([\\.])/g, '$1'));
}

type Container = Record<string, unknown>;
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
const isRecord = (value: unknown): value is Container => isContainer(value) && !Array.isArray(value);
const isSealed = (raw: unknown): raw is Sealed => isContainer(raw) && sealed in raw;

const refusal = (message: string) => new ApiError('request.invalid', message);
