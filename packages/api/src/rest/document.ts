import type { ProcedureContract } from '@showroom/contract';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { appRouter } from '../router.js';
import { restRoutes } from './routes.js';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  writeOnly?: boolean;
  additionalProperties?: unknown;
  $ref?: string;
}
interface Content {
  'application/json': { schema: Schema };
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/**
 * The OpenAPI document of what is served. trpc-to-openapi generates it from the router; then it is made true: slashes
 * at the end, the status of each success, errors in the REST face's shapes, and each body under the component's name
 * that its answer has.
 */
export function createDocument(): object {
  const document = generateOpenApiDocument(appRouter, {
    title: 'Showroom API',
    version: 'v1',
    baseUrl: '/api/v1',
    securitySchemes: { Basic: { type: 'http', scheme: 'basic' } },
  }) as unknown as Document;
  const { schemas } = document.components;
  Object.assign(schemas, errorSchemas);
  const paths: Document['paths'] = {};
  for (const { contract } of restRoutes()) {
    const operation = takeOperation(document, contract);
    shareBody(schemas, operation, contract);
    setResponses(operation, contract);
    nameParameters(operation, contract);
    paths[contract.path] = { ...paths[contract.path], [contract.method.toLowerCase()]: operation };
  }
  for (const name of Object.keys(schemas)) if (name.startsWith('error.')) delete schemas[name];
  for (const schema of Object.values(schemas)) delete schema.additionalProperties;
  Object.assign(schemas, errorSchemas);
  return { ...document, paths };
}

const errorSchemas = {
  Error: { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] },
  ValidationError: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
};

const methodOf = ({ method }: ProcedureContract) => method.toLowerCase();

function takeOperation({ paths }: Document, contract: ProcedureContract): Operation {
  for (const path of Object.values(paths)) {
    const operation = path[methodOf(contract)];
    if (operation?.operationId === contract.operationId) return operation;
  }
  throw new Error(`the generated document lacks ${contract.operationId}`);
}

/** The body refers to the component its answer has; what only the body has is added there, as `writeOnly`. */
function shareBody(
  schemas: Record<string, Schema>,
  { requestBody }: Operation,
  { body, method }: ProcedureContract,
): void {
  const json = requestBody?.content['application/json'];
  const component = body ? schemas[body] : undefined;
  if (!json || !component?.properties) return;
  for (const [name, schema] of Object.entries(json.schema.properties ?? {})) {
    component.properties[name] ??= { ...schema, writeOnly: true };
  }
  if (method === 'POST') component.required = json.schema.required;
  json.schema = { $ref: `#/components/schemas/${body}` };
}

const failure = (description: string, schema: keyof typeof errorSchemas = 'Error') => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

function setResponses(operation: Operation, contract: ProcedureContract): void {
  const { 200: success } = operation.responses;
  const takesBody = operation.requestBody !== undefined;
  operation.responses = {
    [contract.status]: contract.status === 204 ? { description: 'Deleted' } : { ...success!, description: 'Success' },
    ...((takesBody || contract.method === 'GET') && { 400: failure('Some values were refused', 'ValidationError') }),
    401: failure('No credentials, or wrong ones'),
    403: failure('Not permitted'),
    ...((contract.path.includes('{') || contract.method === 'GET') && { 404: failure('There is no such row or page') }),
    ...(contract.method !== 'GET' && contract.method !== 'POST' && { 409: failure('The state does not allow it') }),
    ...(takesBody && { 415: failure('The body is of a type that is not taken') }),
  };
}

function nameParameters(operation: Operation, { pathFields }: ProcedureContract): void {
  const names = new Map(Object.entries(pathFields).map(([name, field]) => [field, name]));
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'path') parameter.name = names.get(parameter.name) ?? parameter.name;
  }
}
