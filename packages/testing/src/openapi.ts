/** As much of an OpenAPI 3.1 document as judging answers takes. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; responses?: Record<string, Response> };
}

export interface Operation {
  operationId?: string;
  responses?: Record<string, Response | Reference>;
}

export interface Response {
  content?: Record<string, { schema?: Schema }>;
  /** Types that answers may have, too, and of which no schema tells more. */
  'x-also-as'?: string[];
}

export interface Reference {
  $ref: string;
}

/** `true` and `false` are schemas too: of everything and of nothing. */
export type Schema = boolean | SchemaObject;

export interface SchemaObject extends Record<string, unknown> {
  $ref?: string;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** What a reference inside the document points at. */
export function follow<T extends object>(document: OpenApiDocument, item: T | Reference): T {
  if (!('$ref' in item)) return item;
  const steps = item.$ref.split('/').slice(1);
  const target = steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
  if (typeof target !== 'object' || target === null) throw new Error(`the document lacks ${item.$ref}`);
  return follow(document, target as T);
}

export type FindPath = (path: string) => Record<string, Operation> | undefined;

/** Compiles which path of the document a request's path is; one without parameters goes before one that has them. */
export function compilePaths({ paths }: OpenApiDocument): FindPath {
  const known = Object.entries(paths)
    .sort(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')))
    .map(([template, operations]) => ({ pattern: patternOf(template), operations }));
  return (path) => known.find(({ pattern }) => pattern.test(path))?.operations;
}

/** A parameter is whatever stands between two slashes: whether it is well encoded is the server's to say. */
function patternOf(template: string): RegExp {
  const parts = template.replace(/\/$/, '').split(/\{[^}]*\}/);
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+')}/?$`);
}
