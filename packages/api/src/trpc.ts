import { errors, type ProcedureContract } from '@showroom/contract';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import type { OpenApiMeta } from 'trpc-to-openapi';
import type { Caller, Context } from './context.js';
import { ApiError, errorCodeOf, refusedValuesOf } from './errors.js';

/** What a procedure carries for the REST face: trpc-to-openapi's part, and the contract it was made from. */
export interface Meta extends OpenApiMeta {
  contract: ProcedureContract;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter: ({ shape, error }) => {
      const code = errorCodeOf(error);
      const fields = refusedValuesOf(error)?.map(({ path, message }) => ({ path, message }));
      const message = error.code === 'INTERNAL_SERVER_ERROR' ? errors[code].message : shape.message;
      return {
        ...shape,
        message: fields ? errors['request.invalid'].message : message,
        data: { ...shape.data, error: code, fields },
      };
    },
  });

export const { router } = t;

/** The one place where a caller is let in: signed in, and a superuser where the contract says so. */
const guarded = t.procedure.use(({ ctx, meta, next }) => {
  if (ctx.caller instanceof ApiError) throw ctx.caller;
  const caller: Caller = ctx.caller;
  if (meta?.contract.access === 'superuser' && !caller.isSuperuser) throw new ApiError('auth.forbidden');
  return next({ ctx: { ...ctx, caller } });
});

/** `/users/{username}/` → `/users/{user}`: trpc-to-openapi wants input fields, and no slash at the end. */
function toOpenApiPath({ path, pathFields }: ProcedureContract): `/${string}` {
  return path.replace(/\/$/, '').replace(/\{(\w+)\}/g, (_, name) => `{${pathFields[name] ?? name}}`) as `/${string}`;
}

/**
 * Binds a procedure of the contract: schemas, access and REST route come from there, only the handler is ours.
 *
 * @example read: implement(contract.tags.read).query(({ ctx, input }) => readTag(ctx.deps, input))
 */
export const implement = <P extends ProcedureContract>(contract: P) =>
  guarded
    .meta({
      contract,
      openapi: {
        method: contract.method,
        path: toOpenApiPath(contract),
        operationId: contract.operationId,
        summary: contract.summary,
        tags: [contract.path.split('/')[1]!],
      },
    })
    .input(contract.input as P['input'])
    .output(contract.output as P['output']);
