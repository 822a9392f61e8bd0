import { isDeepStrictEqual } from 'node:util';

/*
 * Compares what the old API's document (OpenAPI 3.0) states with what ours (3.1) does. Each difference is a line that
 * begins with where it is: `Tag.name.maxLength: 50 → 60`.
 */

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Operation {
  operationId: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
}
interface Words {
  title?: string;
  description?: string;
}
interface Parameter extends Words {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}
type Content = Record<string, { schema: Schema }>;
interface Schema extends Words, Record<string, unknown> {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export const operationsOf = ({ paths }: Document): { path: string; method: string }[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    methods.filter((method) => method in operations).map((method) => ({ path, method })),
  );

export function compareComponent(old: Document, ours: Document, name: string): string[] {
  return compareSchemas(name, old.components.schemas[name], ours.components.schemas[name]);
}

export function compareOperation(
  old: Document,
  ours: Document,
  { path, method }: { path: string; method: string },
): string[] {
  const was = old.paths[path]![method]!;
  const is = ours.paths[path]?.[method];
  const where = was.operationId;
  if (!is) return [`${where}: missing`];
  return [
    ...compareValues(`${where}.operationId`, was.operationId, is.operationId),
    ...compareValues(`${where}.tags`, was.tags, is.tags),
    ...(was.parameters ?? []).flatMap((parameter) => compareParameter(where, parameter, is)),
    ...compareValues(`${where}.body.required`, was.requestBody?.required, is.requestBody?.required),
    ...compareContents(`${where}.body`, was.requestBody?.content, is.requestBody?.content),
    ...Object.entries(was.responses).flatMap(([status, response]) => compareResponse(where, status, response, is)),
  ];
}

function compareParameter(where: string, was: Parameter, { parameters = [] }: Operation): string[] {
  const at = `${where}.${was.in}.${was.name}`;
  const is = parameters.find((each) => each.name === was.name && each.in === was.in);
  if (!is) return [`${at}: missing`];
  return [
    ...compareWords(at, was, is),
    ...compareValues(`${at}.required`, was.required ?? false, is.required ?? false),
    ...compareValues(`${at}.type`, plain(was.schema).type, plain(is.schema).type),
    ...compareValues(`${at}.pattern`, was.schema.pattern, is.schema.pattern),
  ];
}

function compareResponse(where: string, status: string, was: { content?: Content }, { responses }: Operation) {
  const at = `${where}.${status}`;
  const is = responses[status];
  if (!is) return [`${at}: missing`];
  // The print says that there is an answer, not what is in it.
  if (status === '200' && !was.content) return [];
  return compareContents(at, was.content, is.content);
}

function compareContents(where: string, was: Content | undefined, is: Content | undefined): string[] {
  if (!was) return compareValues(where, undefined, is);
  return Object.entries(was).flatMap(([type, { schema }]) =>
    compareSchemas(`${where}.${type}`, schema, is?.[type]?.schema),
  );
}

/** Keywords by which values are judged: what one document says the other has to say, and nothing more. */
const keywords = [
  '$ref',
  'type',
  'nullable',
  'format',
  'enum',
  'minLength',
  'maxLength',
  'pattern',
  'readOnly',
  'writeOnly',
  'uniqueItems',
];

/** Our objects may have further properties, and what had no title or description may have one. */
function compareSchemas(where: string, given: Schema | undefined, found: Schema | undefined): string[] {
  if (!given) return [];
  if (!found) return [`${where}: missing`];
  const [was, is] = [plain(given), plain(found)];
  return [
    ...keywords.flatMap((keyword) => compareValues(`${where}.${keyword}`, was[keyword], is[keyword])),
    ...compareWords(where, was, is),
    ...compareValues(`${where}.required`, was.required?.toSorted(), is.required?.toSorted()),
    ...compareSchemas(`${where}.items`, was.items, is.items),
    ...Object.entries(was.properties ?? {}).flatMap(([name, schema]) =>
      compareSchemas(`${where}.${name}`, schema, is.properties?.[name]),
    ),
  ];
}

const compareWords = (where: string, was: Words, is: Words): string[] =>
  (['title', 'description'] as const)
    .filter((keyword) => was[keyword] !== undefined)
    .flatMap((keyword) => compareValues(`${where}.${keyword}`, was[keyword], is[keyword]));

/** The two ways in which 3.1 says that a value may be null, as 3.0 says it. */
function plain(schema: Schema): Schema {
  const { type, anyOf, ...rest } = schema;
  if (Array.isArray(type) && type.includes('null')) {
    const [only, ...others] = type.filter((each) => each !== 'null');
    return { ...schema, type: others.length > 0 ? [only!, ...others] : only, nullable: true };
  }
  const isNull = (each: Schema) => each.type === 'null';
  if (anyOf?.length !== 2 || !anyOf.some(isNull)) return schema;
  return { ...anyOf.find((each) => !isNull(each)), ...rest, nullable: true };
}

const compareValues = (where: string, was: unknown, is: unknown): string[] =>
  isDeepStrictEqual(was, is) ? [] : [`${where}: ${JSON.stringify(was)} → ${JSON.stringify(is)}`];
