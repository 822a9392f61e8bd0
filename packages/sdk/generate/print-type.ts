import type { z } from 'zod';

/** As much of a zod schema's definition as is looked at. */
interface Def {
  type: string;
  innerType?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  out?: z.ZodType;
  entries?: Record<string, string>;
  options?: z.ZodType[];
  values?: unknown[];
}

/** Whether a value is sent or received: dates may be sent as strings. */
export type Direction = 'sent' | 'received';

/** Gets the name of a schema that stands for itself, once for each. */
export type NameOf = (schema: z.ZodType, direction: Direction) => string | undefined;

const defOf = (schema: z.ZodType) => (schema as unknown as { _zod: { def: Def } })._zod.def;

const isOptional = (schema: z.ZodType): boolean => defOf(schema).type === 'optional';

/** A schema as TypeScript writes it, without the schemas' library. */
export function printType(schema: z.ZodType, direction: Direction, nameOf: NameOf): string {
  const name = nameOf(schema, direction);
  if (name) return name;
  const { type, innerType, element, valueType, out, entries, options, values } = defOf(schema);
  const print = (inner: z.ZodType | undefined) => printType(inner!, direction, nameOf);
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'unknown':
    case 'void':
      return type;
    case 'int':
      return 'number';
    case 'date':
      return direction === 'sent' ? 'Date | string' : 'Date';
    case 'enum':
      return Object.values(entries!)
        .map((value) => `'${value}'`)
        .join(' | ');
    case 'literal':
      return values!.map((value) => `'${value}'`).join(' | ');
    case 'union':
      return options!.map(print).join(' | ');
    case 'nullable':
      return `${print(innerType)} | null`;
    case 'optional':
      return print(innerType);
    case 'array':
      return arrayOf(print(element));
    case 'record':
      return `Record<string, ${print(valueType)}>`;
    case 'pipe':
      return print(out);
    case 'object':
      return printObject(schema as z.ZodObject, direction, nameOf);
    default:
      throw new Error(`There is no way yet to write a schema of the kind ${type}.`);
  }
}

const arrayOf = (inner: string) => (/^[\w.]+$/.test(inner) ? `${inner}[]` : `(${inner})[]`);

/** `{ … }` with each field's description above it. */
export function printObject({ shape }: z.ZodObject, direction: Direction, nameOf: NameOf): string {
  const fields = Object.entries(shape as Record<string, z.ZodType>).map(([name, field]) => {
    const { description } = field.meta() ?? {};
    const mark = isOptional(field) ? '?' : '';
    // Whoever compiles with exactOptionalPropertyTypes may leave a field open, too.
    const open = mark && direction === 'sent' ? ' | undefined' : '';
    return `${toComment(description)}${name}${mark}: ${printType(field, direction, nameOf)}${open};`;
  });
  return fields.length > 0 ? `{\n${fields.join('\n')}\n}` : 'object';
}

const toComment = (text: string | undefined) => (text ? `/** ${text.replaceAll('*/', '* /')} */\n` : '');
