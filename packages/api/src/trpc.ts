import { errors, type Form, type ProcedureContract } from '@showroom/contract';
import { initTRPC } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';
import { letIn, recordRefusedCall } from './access/let-in.js';
import type { Context } from './context.js';
import { ApiError, errorCodeOf, refusedValuesOf } from './errors.js';
import { type Judge, refuseEverythingWrong } from './judge.js';
import { toRefusedFields } from './refused-fields.js';
import { compileSlicedOutput } from './sliced-output.js';
import { runFor } from './slices.js';
import { toTrouble } from './trouble.js';
import { transformer } from './trpc-input.js';

/** What a procedure carries: trpc-to-openapi's part, and what it was made from. */
export interface Meta extends OpenApiMeta {
  contract: ProcedureContract;
  judge?: Judge<never>;
  /** How an answer is written in the forms that the contract promises beside JSON. */
  writers?: Writers<never>;
}

/** The signal aborts when the caller closes the connection. */
export type Writers<Output> = Partial<Record<Form, (output: Output, signal: AbortSignal) => Promise<Buffer>>>;

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer,
    sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 25_000 } },
    isDev: false,
    errorFormatter: ({ shape, error }) => {
      const code = errorCodeOf(error);
      const refused = refusedValuesOf(error);
      const fields = refused ? toRefusedFields(refused) : undefined;
      const message = error.code === 'INTERNAL_SERVER_ERROR' ? errors[code].message : shape.message;
      return {
        ...shape,
        message: fields ? errors['request.invalid'].message : message,
        data: { ...shape.data, error: code, fields },
      };
    },
  });

export const { router } = t;

/** Reads the input when it is first asked for: whoever is refused before has sent it in vain. */
const readOnce = t.middleware(({ ctx, meta, getRawInput, next }) => {
  if (!meta) throw new Error('every procedure is made by implement');
  const { contract } = meta;
  let input: Promise<unknown> | undefined;
  const open = async () => ctx.openInput(await getRawInput(), contract);
  const read = () => {
    input ??= open();
    return input;
  };
  return next({ getRawInput: read });
});

/** Around all else: whatever was being done, trouble of PostgreSQL has an answer of its own. */
const nameTrouble = t.middleware(async ({ next }) => {
  const result = await next();
  const trouble = result.ok ? null : toTrouble(result.error);
  if (trouble) throw trouble;
  return result;
});

/** Reads have a time limit and end with their caller's connection; what steers has connections of its own, and the limit. */
const limited = t.middleware(async ({ ctx, meta, next }) => {
  const { kind, steers } = meta?.contract ?? {};
  if (kind !== 'query' && !steers) return next();
  const signal = kind === 'query' ? ctx.entrance.gone() : undefined;
  const read = () => ctx.deps.database.within({ steers: steers ?? false, signal }, next);
  const result = await (signal ? runFor(signal, read) : read());
  if (!result.ok && signal?.aborted) throw new ApiError('request.gone');
  return result;
});

const guarded = t.procedure
  .use(nameTrouble)
  .use(limited)
  .use(readOnce)
  .use(async ({ ctx, meta, getRawInput, next }) => {
    if (!meta) throw new Error('every procedure is made by implement');
    const { contract, judge } = meta;
    const isKnown = !(ctx.caller instanceof ApiError);
    const context = contract.kind === 'mutation' && isKnown ? { ...ctx, caller: await ctx.identifyAgain() } : ctx;
    const caller = await letIn(context, contract, getRawInput);
    const result = await next({ ctx: { caller, contract } });
    if (result.ok) {
      if (contract.kind === 'query') ctx.weighAnswer(result.data);
      else if (decidesWhoIsLetIn(contract)) ctx.access.forgetCallers();
      return result;
    }
    const recordForbidden = async (error: unknown) => {
      if (error instanceof ApiError && error.code === 'FORBIDDEN') await recordRefusedCall(context, contract, error);
    };
    await recordForbidden(result.error);
    if (judge) {
      await refuseEverythingWrong({ ...context, caller, contract }, judge, result.error, getRawInput).catch(
        async (error) => {
          await recordForbidden(error);
          throw error;
        },
      );
    }
    return result;
  });

const decidesWhoIsLetIn = ({ path }: ProcedureContract) => /^\/(auth|groups|tokens|users)\//.test(path);

/** `/users/{username}/` → `/users/{user}`: trpc-to-openapi wants input fields, and no slash at the end. */
function toOpenApiPath({ path, pathFields }: ProcedureContract): `/${string}` {
  return path.replace(/\/$/, '').replace(/\{(\w+)\}/g, (_, name) => `{${pathFields[name] ?? name}}`) as `/${string}`;
}

/** Refuses fields that the contract does not name. REST leaves them out before it calls. */
const strict = (input: z.ZodType): z.ZodType => (input instanceof z.ZodObject ? input.strict() : input);

/**
 * Binds a procedure of the contract: schemas, access and REST route come from there, only the handler is ours.
 *
 * @param judge finds what is wrong with values that no schema can judge alone, so that every wrong field is told at once
 * @example read: implement(contract.tags.read).query(({ ctx, input }) => readTag(ctx.deps, input))
 */
export const implement = <P extends ProcedureContract>(
  contract: P,
  judge?: Judge<z.output<P['input']>>,
  writers?: Writers<z.output<P['output']>>,
) => {
  const builder = guarded
    .meta({
      contract,
      judge,
      writers,
      openapi: {
        method: contract.method,
        path: toOpenApiPath(contract),
        operationId: contract.operationId,
        summary: contract.summary,
        tags: [contract.path.split('/')[1]!],
      },
    })
    .input(strict(contract.input) as P['input'])
    .output(compileSlicedOutput(contract.output) as unknown as P['output']);
  // The document is made of the schema; what judges in slices is none.
  builder._def.output = contract.output;
  return builder;
};

/** Binds what goes on for a while; it has no REST route. */
export const implementStream = <P extends ProcedureContract>(contract: P) =>
  guarded.meta({ contract }).input(strict(contract.input) as P['input']);
