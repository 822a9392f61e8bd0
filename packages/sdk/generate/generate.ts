import { contract } from '@showroom/contract';
import { z } from 'zod';
import { docOf } from './print-doc.js';
import { printOverview } from './print-overview.js';
import { printReference } from './print-reference.js';
import { type Direction, type NameOf, printObject, printType } from './print-type.js';
import {
  isFile,
  isNeeded,
  itemOf,
  keyOf,
  type Procedure,
  paging,
  proceduresOf,
  shapeOf,
  titleOf,
  toPascal,
} from './procedure.js';

/** What stands in one of the generated files. */
export interface GeneratedFile {
  /** Below the repository's root. */
  readonly path: string;
  readonly text: string;
}

const folder = 'packages/sdk/src/generated/';
const notice = '// Made from the contract by `npm run sdk`; not to be edited.\n';

/** The types, the surface and the table that the SDK is made of. */
export function generate(): GeneratedFile[] {
  const procedures = proceduresOf(contract);
  const named = new Map<string, string>();
  const schemas = new Map<z.ZodType, string>();

  /** A component of the document is an interface of its own. */
  const nameOf: NameOf = (schema, direction) => {
    const id = schema.meta()?.id as string | undefined;
    if (!id || !(schema instanceof z.ZodObject)) return undefined;
    const known = schemas.get(schema);
    if (known) return known;
    const name = direction === 'sent' ? `${id}Input` : id;
    schemas.set(schema, name);
    named.set(name, `export interface ${name} ${printObject(schema, direction, nameOf)}`);
    return name;
  };
  const print = (schema: z.ZodType, direction: Direction) => printType(schema, direction, nameOf);

  const surfaces = Object.keys(contract).map((resource) => {
    const methods = procedures
      .filter((each) => each.resource === resource)
      .map((each) => printMethod(each, named, print));
    return `/** ${titleOf(resource)} */\nexport interface ${toPascal(resource)}Resource ${resource === 'mailing' ? 'extends MailingWatching ' : ''}{\n${methods.join('\n\n')}\n}`;
  });
  const resources = Object.keys(contract).map((resource) => `readonly ${resource}: ${toPascal(resource)}Resource;`);
  const router = Object.keys(contract).map((resource) => {
    const of = procedures.filter((each) => each.resource === resource && !isFile(each));
    return `${resource}: {\n${of.map((each) => printProcedure(each, print)).join('\n')}\n};`;
  });

  const types = [...named.values()].join('\n\n');
  const importTypes = (used: string[]) => {
    const names = [...named.keys()].sort().filter((name) => new RegExp(`\\b${name}\\b`).test(used.join('\n')));
    return `import type { ${names.join(', ')} } from './types.js';\n`;
  };
  const surface = [
    notice,
    `import type { CallOptions, WriteOptions } from '../options.js';`,
    `import type { ImportCall } from '../import/import-call.js';`,
    `import type { List } from '../list.js';`,
    `import type { MailingWatching } from '../watch.js';`,
    importTypes(surfaces),
    ...surfaces,
    `/** Everything that the service can do, resource by resource. */\nexport interface Resources {\n${resources.join('\n')}\n}`,
  ].join('\n');
  const routerFile = [
    notice,
    `import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';`,
    importTypes(router),
    `/** The router as tRPC's own clients want it; only types, and nothing of the server. */`,
    `export type ShowroomRouter = TRPCBuiltRouter<\n{ ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: true },\n{\n${router.join('\n')}\n}\n>;`,
  ].join('\n');
  return [
    { path: `${folder}types.ts`, text: `${notice}\n${types}\n` },
    { path: `${folder}surface.ts`, text: `${surface}\n` },
    { path: `${folder}router.ts`, text: `${routerFile}\n` },
    { path: `${folder}procedures.ts`, text: printTable(procedures) },
    { path: 'docs/sdk.md', text: printReference(surfaces, types) },
    printOverview(procedures),
  ];
}

function printMethod(
  procedure: Procedure,
  named: Map<string, string>,
  print: (schema: z.ZodType, direction: Direction) => string,
): string {
  const { verb, described } = procedure;
  const options = described.takesKey ? 'WriteOptions' : 'CallOptions';
  const item = itemOf(procedure);
  if (item) {
    const filter = namedInput(procedure, named, print, 'Filter', (field) => !paging.has(field));
    const byKey = 'after' in shapeOf(procedure);
    return `${docOf(procedure, item ? 'list' : 'call')}readonly ${verb}: List<${print(item, 'received')}, ${filter ?? 'object'}${byKey ? '' : ", 'by page'"}>;`;
  }
  if (isFile(procedure)) {
    // What its hand-written call takes and gives.
    namedInput(procedure, named, print, 'Input', () => true);
    print(described.output, 'received');
    return `${docOf(procedure, 'import')}readonly ${verb}: ImportCall;`;
  }
  const key = keyOf(procedure);
  const rest = namedInput(procedure, named, print, 'Input', (field) => field !== key);
  const isInputNeeded = Object.keys(shapeOf(procedure)).some((field) => field !== key && isNeeded(procedure, field));
  const parameters = [
    ...(key ? [`${key}: ${print(shapeOf(procedure)[key]!, 'sent')}`] : []),
    ...(rest ? [`input${isInputNeeded ? '' : '?'}: ${rest}`] : []),
    `options?: ${options}`,
  ];
  return `${docOf(procedure, 'call')}${verb}(${parameters.join(', ')}): Promise<${print(described.output, 'received')}>;`;
}

/** The input without some of its fields, as an interface of its own; none where nothing is left. */
function namedInput(
  procedure: Procedure,
  named: Map<string, string>,
  print: (schema: z.ZodType, direction: Direction) => string,
  suffix: string,
  isKept: (field: string) => boolean,
): string | undefined {
  const kept = Object.entries(shapeOf(procedure)).filter(([field]) => isKept(field));
  if (kept.length === 0) return undefined;
  const name = `${toPascal(procedure.described.operationId)}${suffix}`;
  named.set(name, `export interface ${name} ${print(z.object(Object.fromEntries(kept)), 'sent')}`);
  return name;
}

function printProcedure(
  { verb, described }: Procedure,
  print: (schema: z.ZodType, direction: Direction) => string,
): string {
  const kind = described.kind === 'query' ? 'TRPCQueryProcedure' : 'TRPCMutationProcedure';
  const input = print(described.input, 'sent');
  const output = print(described.output, 'received').replace(/^void$/, 'undefined');
  return `${verb}: ${kind}<{ input: ${input}; output: ${output}; meta: object }>;`;
}

/** What has to be known of a procedure when it is called. */
function printTable(procedures: Procedure[]): string {
  const table: Record<string, Record<string, object>> = {};
  for (const each of procedures) {
    const { resource, verb, described } = each;
    const key = keyOf(each);
    table[resource] = {
      ...table[resource],
      [verb]: {
        kind: described.kind,
        ...(key && { key }),
        ...(Object.keys(shapeOf(each)).some((field) => field !== key) && { takesInput: true }),
        ...(described.takesKey && { takesKey: true }),
        ...(itemOf(each) && { pages: 'after' in shapeOf(each) ? 'key' : 'number' }),
        ...(isFile(each) && { path: described.path }),
      },
    };
  }
  return `${notice}\nimport type { Procedure } from '../procedure.js';\n\nexport const procedures: Record<string, Record<string, Procedure>> = ${JSON.stringify(table, null, 2)};\n`;
}
