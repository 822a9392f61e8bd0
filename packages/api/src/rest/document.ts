import { type ProcedureContract, contract as resources } from '@showroom/contract';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { appRouter } from '../router.js';
import { errorSchemas, toResponses } from './document-responses.js';
import { asTheApiHasThem, type Schema } from './document-schemas.js';
import { typeOfForm } from './drf/negotiation.js';
import { restRoutes } from './routes.js';

interface Content {
  'application/json': { schema: Schema };
}
type FileContent = Record<string, { schema: Schema; example: string }>;
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
}
export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: Security;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content | FileContent };
  responses: Record<string, { description: string; content?: Content; 'x-also-as'?: string[] }>;
}
export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  servers: { url: string }[];
  security: Security;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}

const description = `Mailings: one text to the clients that match a filter, between two moments.

Lists are paged by \`page\` and \`limit\`. Bodies are JSON; a form, urlencoded or multipart, is taken like JSON. Paths are
answered with and without the slash at the end.`;

const securitySchemes = {
  Basic: { type: 'http', scheme: 'basic', description: 'Username and password, with every request.' },
  Session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sessionid',
    description:
      'The cookie of a browser that has signed in at `/auth/login/`. Changes are taken from our own pages only.',
  },
  Bearer: { type: 'http', scheme: 'bearer', description: 'A token of a program, made at `/tokens/`.' },
};

type Security = Record<string, string[]>[];

const anyone: Security = [{ Basic: [] }, { Session: [] }, { Bearer: [] }];

/** Where it is not what all others ask for. */
const securityOf = ({ needs }: ProcedureContract): { security?: Security } => {
  if (needs === 'open') return { security: [] };
  return needs === 'password' ? { security: [{ Basic: [] }, { Session: [] }] } : {};
};

/**
 * The OpenAPI document of what is served. trpc-to-openapi generates it from the router; then it is made true: slashes
 * at the end, the status of each success, errors in the REST face's shapes, and each body under the component's name
 * that its answer has.
 */
export function createDocument(): Document {
  const generated = asTheApiHasThem(generate());
  const { openapi, servers, components } = generated;
  const schemas = { ...components.schemas, ...errorSchemas };
  const paths: Document['paths'] = {};
  for (const { contract } of restRoutes()) {
    const operation = toOperation(generated, contract, schemas);
    paths[contract.path] = { ...paths[contract.path], [contract.method.toLowerCase()]: operation };
  }
  return {
    openapi,
    info: { title: 'Showroom API', version: 'v1', description },
    servers,
    security: anyone,
    tags: Object.keys(resources).map((name) => ({ name })),
    paths,
    components: { schemas: withoutGenerated(schemas), securitySchemes },
  };
}

const generate = () =>
  generateOpenApiDocument(appRouter, {
    title: 'Showroom API',
    version: 'v1',
    baseUrl: '/api/v1',
  }) as unknown as Document;

/** The generated errors are those of tRPC's own shape. */
const withoutGenerated = (schemas: Record<string, Schema>) =>
  Object.fromEntries(Object.entries(schemas).filter(([name]) => !name.startsWith('error.')));

function toOperation(generated: Document, contract: ProcedureContract, schemas: Record<string, Schema>): Operation {
  const { operationId, summary, tags, parameters = [], requestBody, responses } = find(generated, contract);
  const isFile = contract.takesFile.length > 0;
  const body = takesBody(requestBody) ? requestBody.content : null;
  const content = isFile ? fileContent(contract) : body && shareBody(schemas, body, contract);
  return {
    operationId,
    summary,
    tags,
    ...securityOf(contract),
    parameters: [
      ...parameters.map((parameter) => toParameter(parameter, contract)),
      ...(isFile && body ? toQuery(body['application/json'].schema) : []),
      ...(contract.alsoAs.length > 0 ? [toFormat(contract)] : []),
      ...(contract.takesKey ? [key] : []),
    ],
    ...(content && { requestBody: { required: true, content } }),
    responses: withForms(contract, toResponses(contract, responses[200]!.content)),
  };
}

const toFormat = ({ alsoAs }: ProcedureContract): Parameter => ({
  name: 'format',
  in: 'query',
  description: 'In which form the answer is wanted; the header Accept says so too.',
  required: false,
  schema: { type: 'string', enum: ['json', ...alsoAs] },
});

/**
 * Not among the contents: to clients that generators make, every answer would be JSON or a file then, and programs that
 * have read the JSON for years would not compile any more.
 */
function withForms({ alsoAs, status }: ProcedureContract, responses: Operation['responses']): Operation['responses'] {
  if (alsoAs.length === 0) return responses;
  const types = alsoAs.map((form) => typeOfForm[form]);
  const description = `${responses[status]!.description}; also as ${types.join(', ')}`;
  return { ...responses, [status]: { ...responses[status]!, description, 'x-also-as': types } };
}

/** A mutation without fields takes nothing. */
const takesBody = (body: Operation['requestBody']): body is { content: Content } =>
  Object.keys(body?.content['application/json']?.schema.properties ?? {}).length > 0;

/** Where the body is a file, the input is in the query. */
const toQuery = ({ properties = {}, required = [] }: Schema): Parameter[] =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema,
  }));

const fileExamples: Record<string, string> = {
  'text/csv': 'phone_number,timezone,mobile_operator_code,tag\n79001234567,Europe/Moscow,1,1\n',
  'application/x-ndjson':
    '{"phone_number":"79001234567","timezone":"Europe/Moscow","mobile_operator_code":1,"tag":1}\n',
};

const fileContent = ({ takesFile }: ProcedureContract): FileContent =>
  Object.fromEntries(takesFile.map((type) => [type, { schema: { type: 'string' }, example: fileExamples[type]! }]));

function find({ paths }: Document, { method, operationId }: ProcedureContract): Operation {
  for (const path of Object.values(paths)) {
    const operation = path[method.toLowerCase()];
    if (operation?.operationId === operationId) return operation;
  }
  throw new Error(`the generated document lacks ${operationId}`);
}

/**
 * The body refers to the component its answer has. What only the body has is added there, as `writeOnly`; where the body
 * takes more than the answer gives, the component says what the body takes.
 */
function shareBody(schemas: Record<string, Schema>, content: Content, { body, method }: ProcedureContract): Content {
  const { schema } = content['application/json'];
  const component = body ? schemas[body] : undefined;
  if (!component?.properties) return content;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.anyOf) component.properties[name] = property;
    component.properties[name] ??= { ...property, writeOnly: true };
  }
  if (method === 'POST') component.required = schema.required;
  return { 'application/json': { schema: { $ref: `#/components/schemas/${body}` } } };
}

const key: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A name of this very call, of your own making: sent again with the same body within 24 hours, it is answered what ' +
    'was answered the first time, and nothing is created twice.',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function toParameter({ name, in: place, required, schema }: Parameter, { pathFields }: ProcedureContract): Parameter {
  const { title, readOnly, description, ...rest } = schema;
  const [pathName] = Object.entries(pathFields).find(([, field]) => place === 'path' && field === name) ?? [name];
  return {
    name: pathName,
    in: place,
    ...(description !== undefined && { description }),
    required: required ?? false,
    schema: rest,
  };
}
