import type { ProcedureContract } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.js';
import { appRouter } from '../router.js';
import type { Meta, Writers } from '../trpc.js';

/** A procedure as tRPC calls it: with a context and a raw input, through its middlewares. */
type Procedure = ((call: {
  ctx: Context;
  path: string;
  type: string;
  input: unknown;
  getRawInput: () => Promise<unknown>;
  signal: undefined;
  batchIndex: number;
}) => Promise<unknown>) & { _def: { type: string; meta?: Meta } };

/** A procedure that has a REST route. */
export interface Route {
  readonly contract: ProcedureContract;
  readonly writers: Writers<unknown>;
  /** @throws TRPCError */
  call(context: Context, input: unknown): Promise<unknown>;
}

/** Every procedure with a REST route, from the same router that tRPC serves. */
export const restRoutes = (): Route[] =>
  Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).flatMap(([path, procedure]) => {
    const { meta } = procedure._def;
    return meta
      ? [{ contract: meta.contract, writers: (meta.writers ?? {}) as Writers<unknown>, call: toCall(path, procedure) }]
      : [];
  });

const contracts = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).flatMap(
  ([path, { _def }]): [string, ProcedureContract][] => (_def.meta ? [[path, _def.meta.contract]] : []),
);

/** tRPC's path of a procedure → its operation's id. */
export const operations: ReadonlyMap<string, string> = new Map(
  contracts.map(([path, { operationId }]) => [path, operationId]),
);

/** The operations by which operators steer. */
export const steeringOperations: ReadonlySet<string> = new Set(
  contracts.flatMap(([, { operationId, steers }]) => (steers ? [operationId] : [])),
);

/** tRPC's paths of the procedures that strangers may call. */
export const openProcedures: ReadonlySet<string> = new Set(
  contracts.flatMap(([path, { needs }]) => (needs === 'open' ? [path] : [])),
);

function toCall(path: string, procedure: Procedure): Route['call'] {
  const { type } = procedure._def;
  return async (ctx, input) => {
    try {
      const getRawInput = () => Promise.resolve(input);
      return await procedure({ ctx, path, type, input, getRawInput, signal: undefined, batchIndex: 0 });
    } catch (error) {
      throw error instanceof TRPCError ? error : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
    }
  };
}

export type ContextOf = (request: FastifyRequest) => Context;
