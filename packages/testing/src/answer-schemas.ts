import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { follow, type OpenApiDocument, type Schema, type SchemaObject } from './openapi.js';

export type CompileSchema = (schema: Schema) => ValidateFunction;

/**
 * Compiles the document's schemas as an answer has to meet them, each once. JSON Schema alone is too kind to an
 * answer: it lets unknown properties pass, and takes `readOnly` and `writeOnly` for remarks.
 */
export function createSchemaCompiler(document: OpenApiDocument): CompileSchema {
  const ajv = createAjv();
  const components = Object.entries(document.components?.schemas ?? {});
  const prepareAll = (openness: Openness) =>
    Object.fromEntries(components.map(([name, schema]) => [name, prepare(document, schema, openness)]));
  ajv.addSchema({ $id: 'answers', closed: prepareAll('closed'), open: prepareAll('open') });

  const compiled = new Map<Schema, ValidateFunction>();
  return (schema) => {
    const validate = compiled.get(schema) ?? ajv.compile(prepare(document, schema, 'closed'));
    compiled.set(schema, validate);
    return validate;
  };
}

/**
 * Patterns and formats mean what Django means by them, since the document has them from there: `[\w]` is any letter of
 * any alphabet, `a@localhost` is an e-mail address, and whether a string may be blank is for `minLength` to say.
 */
function createAjv(): Ajv2020 {
  const inAnyAlphabet = (characters: string) => characters.replaceAll('\\w', '\\p{L}\\p{M}\\p{N}_');
  const toRegExp = (pattern: string) => new RegExp(pattern.replace(/\[[^\]]*\]/g, inAnyAlphabet), 'u');
  const regExp = Object.assign(toRegExp, { code: 'new RegExp' });
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false, code: { regExp } });
  addFormats.default(ajv);
  return ajv.addFormat('email', (value) => value === '' || /.@./.test(value));
}

/** A part of an object's schema leaves it to the whole to refuse the properties that no part knows. */
type Openness = 'open' | 'closed';

const listsOfSchemas = ['allOf', 'anyOf', 'oneOf'];
const mapsOfSchemas = ['properties', 'patternProperties'];
const singleSchemas = ['items', 'additionalProperties', 'unevaluatedProperties', 'not', 'contains'];
const closing = ['additionalProperties', 'unevaluatedProperties'];

function prepare(document: OpenApiDocument, schema: Schema, openness: Openness): Schema {
  if (typeof schema === 'boolean') return schema;
  const isWhole = 'properties' in schema || 'allOf' in schema;
  const ofPart = isWhole ? 'open' : openness;
  const prepared = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === '$ref') return [keyword, pointerTo(value as string, ofPart)];
    if (listsOfSchemas.includes(keyword)) {
      return [keyword, (value as Schema[]).map((each) => prepare(document, each, ofPart))];
    }
    if (mapsOfSchemas.includes(keyword)) return [keyword, prepareMap(document, value as Record<string, Schema>)];
    return [keyword, singleSchemas.includes(keyword) ? prepare(document, value as Schema, 'closed') : value];
  });
  const answer: SchemaObject = { ...Object.fromEntries(prepared), ...requireWhatIsAnswered(document, schema) };
  const hasToClose = openness === 'closed' && isWhole && !closing.some((keyword) => keyword in schema);
  return hasToClose ? { ...answer, unevaluatedProperties: false } : answer;
}

const pointerTo = (ref: string, openness: Openness) => ref.replace('#/components/schemas', `answers#/${openness}`);

const prepareMap = (document: OpenApiDocument, schemas: Record<string, Schema>) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      isMarked(document, schema, 'writeOnly') ? false : prepare(document, schema, 'closed'),
    ]),
  );

/** `required` speaks of requests as well: an answer has what only answers have, and lacks what only requests have. */
function requireWhatIsAnswered(document: OpenApiDocument, { properties, required = [] }: SchemaObject): SchemaObject {
  if (!properties) return {};
  const marked = (mark: Mark) => Object.keys(properties).filter((name) => isMarked(document, properties[name]!, mark));
  const writeOnly = marked('writeOnly');
  const answered = required.filter((name) => !writeOnly.includes(name));
  return { required: [...new Set([...answered, ...marked('readOnly')])] };
}

type Mark = 'readOnly' | 'writeOnly';

function isMarked(document: OpenApiDocument, schema: Schema, mark: Mark): boolean {
  if (typeof schema === 'boolean') return false;
  return schema[mark] === true || (schema.$ref !== undefined && isMarked(document, follow(document, schema), mark));
}
