import { z } from 'zod';

/*
 * A form says less than JSON: every value is a text, a list is a name that is repeated, and there is no null, no empty
 * list. So what is left empty is read by what the field allows, as Django REST Framework does: null, the empty text,
 * or nothing at all; and a list that is not there is empty, but for a partial update.
 *
 * A list of names is a mailing's filter, and an empty one means everybody. A form cannot say so: without the list it is
 * refused like any form that lacks a field, and an empty value is the name of nothing.
 */

/** Compiles how a form's fields, each with all its values, become the fields that a JSON body would have. */
export function toFormReader(
  shape: Record<string, z.ZodType>,
  { isPartial }: { isPartial: boolean },
): (form: Record<string, unknown[]>) => Record<string, unknown> {
  const fields = Object.entries(shape).map(([field, schema]): [string, z.ZodType | null] => [field, elementOf(schema)]);
  return (form) =>
    Object.fromEntries(
      fields.flatMap(([field, element]): [string, unknown][] => {
        const values = Object.hasOwn(form, field) ? form[field] : undefined;
        const mayBeEmpty = !isPartial && !(element instanceof z.ZodString);
        if (element) return values || mayBeEmpty ? [[field, values ?? []]] : [];
        if (!values) return [];
        const value = readEmpty(values.at(-1), shape[field]!);
        return value === undefined ? [] : [[field, value]];
      }),
    );
}

function elementOf(schema: z.ZodType): z.ZodType | null {
  const unwrapped = withoutOptional(schema);
  const inner = unwrapped instanceof z.ZodPipe ? unwrapped.out : unwrapped;
  return inner instanceof z.ZodArray ? (inner.element as z.ZodType) : null;
}

const withoutOptional = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;

function readEmpty(value: unknown, schema: z.ZodType): unknown {
  const inner = withoutOptional(schema);
  if (value !== '' || inner instanceof z.ZodString) return value;
  if (inner instanceof z.ZodNullable) return null;
  return schema instanceof z.ZodOptional ? undefined : value;
}
