import type { ErrorObject } from 'ajv/dist/2020.js';
import { createSchemaCompiler } from './answer-schemas.js';
import { compilePaths, follow, type OpenApiDocument, type Operation, type Response } from './openapi.js';

export interface HttpAnswer {
  method: string;
  /** Below the server's URL, without the query; with or without the slash at the end. */
  path: string;
  status: number;
  contentType?: string | null;
  /** Parsed where it is JSON; `''` or undefined when there is none. */
  body?: unknown;
}

/** What is wrong with an answer, a sentence for each; none when it is as documented. */
export type AnswerCheck = (answer: HttpAnswer) => string[];

/**
 * Compiles an OpenAPI 3.1 document into a judge of HTTP answers. It is strict: properties that the document does not
 * know are wrong, `writeOnly` ones may not be answered, `readOnly` ones have to be. What the document says nothing
 * about - other paths, other methods - is passed over, but for a 405, which some operation of the path may describe.
 *
 * @example
 * const check = createAnswerCheck(createDocument());
 * expect(check({ method: 'GET', path: '/tags/1/', status: 200, contentType, body })).to.deep.equal([]);
 */
export function createAnswerCheck(document: object): AnswerCheck {
  const openApi = document as OpenApiDocument;
  const findPath = compilePaths(openApi);
  const findContentFault = createContentCheck(openApi);

  return (answer) => {
    const operations = findPath(answer.path);
    const method = answer.method.toLowerCase();
    const operation = operations?.[method] ?? (method === 'head' ? operations?.get : undefined);
    const described = operation ?? (answer.status === 405 ? describing405(operations) : undefined);
    if (!described) return [];
    const response = responseOf(openApi, described, answer.status);
    const found = response ? findContentFault(answer, response) : ['a status that is not documented'];
    return found.map((fault) => `${answer.method} ${answer.path} answers ${answer.status}: ${fault}`);
  };
}

const describing405 = (operations: Record<string, Operation> = {}) =>
  Object.values(operations).find(({ responses }) => responses?.[405]);

function responseOf(document: OpenApiDocument, { responses = {} }: Operation, status: number): Response | undefined {
  const response = responses[status] ?? responses[`${Math.floor(status / 100)}XX`];
  return response && follow(document, response);
}

function createContentCheck(document: OpenApiDocument) {
  const compile = createSchemaCompiler(document);
  return (
    { method, contentType, body }: HttpAnswer,
    { content = {}, 'x-also-as': others = [] }: Response,
  ): string[] => {
    const type = contentType?.split(';')[0]?.trim().toLowerCase();
    const isEmpty = body === undefined || body === '';
    if (method.toUpperCase() === 'HEAD') return isEmpty ? [] : ['a body, to HEAD'];
    if (type === 'text/html' || (type !== undefined && others.includes(type))) return [];
    if (Object.keys(content).length === 0) return isEmpty ? [] : ['a body where none is documented'];
    if (isEmpty) return ['no body, where one is documented'];
    const media = type === undefined ? undefined : content[type];
    if (!media) return [`a body of the type ${type ?? '(none)'}, which is not documented`];
    const validate = compile(media.schema ?? true);
    return validate(body) ? [] : (validate.errors ?? []).map(toSentence);
  };
}

/** Says where and what, in the document's terms. */
function toSentence({ instancePath, keyword, message, params }: ErrorObject): string {
  if (keyword === 'false schema') return `${instancePath} is writeOnly`;
  if (keyword === 'unevaluatedProperties') return `${instancePath}/${params.unevaluatedProperty} is not documented`;
  if (keyword === 'additionalProperties') return `${instancePath}/${params.additionalProperty} is not documented`;
  return `${instancePath || 'the body'} ${message}`;
}
