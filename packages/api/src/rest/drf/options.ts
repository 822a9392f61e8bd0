import type { View } from './answer.js';
import { parses } from './body.js';
import { typeOfForm } from './negotiation.js';

/** What the document says of a field; all of it that OPTIONS tells. */
interface FieldSchema {
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  readOnly?: boolean;
  maxLength?: number;
  enum?: unknown[];
  anyOf?: FieldSchema[];
}

export interface BodySchema {
  properties?: Record<string, FieldSchema>;
  required?: string[];
}

/** Which fields a method takes, by the method: POST of a list, PUT of a row. */
export type Actions = Partial<Record<'POST' | 'PUT', BodySchema>>;

/** The answer to OPTIONS: what a path is called, which media types it knows, what its fields are. */
export function toMetadata({ name, forms }: Pick<View, 'name' | 'forms'>, actions: Actions): object {
  const described = Object.entries(actions).map(([method, schema]) => [method, describeFields(schema)]);
  return {
    name,
    description: '',
    renders: ['application/json', 'text/html', ...forms.map((form) => typeOfForm[form])],
    parses,
    ...(described.length > 0 && { actions: Object.fromEntries(described) }),
  };
}

const describeFields = ({ properties = {}, required = [] }: BodySchema): object =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, describe(name, schema, required.includes(name))]),
  );

function describe(name: string, schema: FieldSchema, required: boolean): object {
  const { title, description, readOnly = false, maxLength } = schema;
  return {
    type: typeOf(schema),
    required: required && !readOnly,
    read_only: readOnly,
    label: title ?? toLabel(name),
    ...(description !== undefined && { help_text: description }),
    ...(maxLength !== undefined && { max_length: maxLength }),
  };
}

/** `user_permissions` → `User permissions` */
const toLabel = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;

/** Django REST Framework's names for kinds of fields; what points at other rows is just a field. */
function typeOf({ type, format, readOnly, enum: choices, anyOf }: FieldSchema): string {
  if (anyOf?.[0]) return typeOf(anyOf[0]);
  const types = [type].flat();
  if (choices) return 'choice';
  if (format === 'date-time') return 'datetime';
  if (format === 'email') return 'email';
  if (types.includes('string')) return 'string';
  if (types.includes('boolean')) return 'boolean';
  return types.includes('integer') && readOnly ? 'integer' : 'field';
}
