/** As much of a JSON Schema as the document's making looks at. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  readOnly?: boolean;
  writeOnly?: boolean;
  enum?: unknown[];
  minLength?: number;
  maxLength?: number;
  anyOf?: Schema[];
  additionalProperties?: unknown;
  $ref?: string;
}

/**
 * Schemas as the API's document has always written them, however deep they lie: what may be null has `null` among its
 * types, and no object says that it will never have more properties than today.
 */
export function asTheApiHasThem<T>(part: T): T {
  if (Array.isArray(part)) return part.map(asTheApiHasThem) as T;
  if (typeof part !== 'object' || part === null) return part;
  const { additionalProperties, ...schema } = nullableByType(part as Schema);
  const isOpen = additionalProperties === undefined || additionalProperties === false;
  const kept = isOpen ? schema : { ...schema, additionalProperties };
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, asTheApiHasThem(value)])) as T;
}

/** `anyOf: [{ type: 'string' }, { type: 'null' }]` → `type: ['string', 'null']` */
function nullableByType(schema: Schema): Schema {
  const { anyOf = [], ...rest } = schema;
  const [value, nothing] = anyOf;
  if (anyOf.length !== 2 || nothing?.type !== 'null' || typeof value?.type !== 'string') return schema;
  const choices = value.enum && { enum: [...value.enum, null] };
  return { ...value, ...choices, ...rest, type: [value.type, 'null'] };
}
