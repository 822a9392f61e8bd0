import { expect } from 'chai';
import { createAnswerCheck, type HttpAnswer } from './answers.js';

const json = (schema: object) => ({ description: '', content: { 'application/json': { schema } } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const document = {
  openapi: '3.1.0',
  paths: {
    '/cats/': {
      get: {
        operationId: 'cats_list',
        responses: { 200: json({ type: 'array', items: ref('Cat') }), default: json({}) },
      },
      post: { operationId: 'cats_create', responses: { 201: json(ref('Cat')), 405: json(ref('Error')) } },
    },
    '/cats/{id}/': {
      get: {
        operationId: 'cats_read',
        responses: { 200: json(ref('Cat')), 404: { $ref: '#/components/responses/Missing' } },
      },
      delete: { operationId: 'cats_delete', responses: { 204: { description: '' } } },
    },
    '/cats/best/': { get: { operationId: 'cats_best', responses: { 200: json(ref('BestCat')) } } },
  },
  components: {
    responses: { Missing: json(ref('Error')) },
    schemas: {
      Cat: {
        type: 'object',
        properties: {
          id: { type: 'integer', readOnly: true },
          mood: ref('Mood'),
          name: { type: 'string', maxLength: 3, pattern: '^[\\w]+$' },
          secret: { type: 'string', writeOnly: true },
          born: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
          mail: { type: 'string', format: 'email' },
          notes: { type: 'object', additionalProperties: { type: 'string' } },
          home: { type: 'object', properties: { street: { type: 'string' } } },
        },
        required: ['name', 'secret'],
      },
      Mood: { type: 'string', enum: ['good', 'bad'], readOnly: true },
      BestCat: { allOf: [ref('Cat')], properties: { prize: { type: 'string' } } },
      Error: { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] },
    },
  },
};

const cat = { id: 1, mood: 'good', name: 'Tom' };
const missing = { detail: 'Not found.' };

describe('the check of answers', () => {
  const check = createAnswerCheck(document);
  const faultsOf = (answer: Partial<HttpAnswer>) =>
    check({ method: 'GET', path: '/cats/1/', status: 200, contentType: 'application/json', ...answer });

  const truths: Record<string, Partial<HttpAnswer>> = {
    'an object': { body: cat },
    'an object with everything that may be in it': {
      body: { ...cat, born: '2020-01-01T00:00:00Z', mail: 'tom@example.org', notes: { a: 'b' }, home: { street: 'x' } },
    },
    'null where it may be': { body: { ...cat, born: null } },
    'what Django calls a word, and a blank address': { body: { ...cat, name: 'Кот', mail: '' } },
    'as many characters as fit': { body: { ...cat, name: '𝒜𝒷𝒸' } },
    'a list, asked for without the slash': { path: '/cats', body: [cat] },
    'a content type with a parameter': { contentType: 'application/json; charset=utf-8', body: cat },
    'a path that is encoded': { path: '/cats/%D1%8F%2F/', body: cat },
    'a shared response': { status: 404, body: missing },
    'a deletion': { method: 'DELETE', status: 204, contentType: null, body: '' },
    'an answer to HEAD': { method: 'HEAD', body: '' },
    'a page for browsers': { contentType: 'text/html; charset=utf-8', body: '<html></html>' },
    'parts that make a whole': { path: '/cats/best/', body: { ...cat, prize: 'cup' } },
    'a documented refusal of a method': { method: 'PUT', path: '/cats/', status: 405, body: missing },
    'an undocumented refusal of a method': { method: 'PUT', status: 405, body: 5 },
    'an answer to OPTIONS': { method: 'OPTIONS', body: { anything: true } },
    'a path it does not know': { path: '/dogs/1/', status: 500, body: 5 },
    'a path below one it knows': { path: '/cats/1/2/', status: 500, body: 5 },
  };
  for (const [name, answer] of Object.entries(truths)) {
    it(`accepts ${name}`, () => expect(faultsOf(answer)).to.deep.equal([]));
  }

  const lies: Record<string, [Partial<HttpAnswer>, string]> = {
    'an undocumented status': [{ status: 418, body: cat }, 'a status that is not documented'],
    'an undocumented status of a page for browsers': [
      { status: 418, contentType: 'text/html', body: '<html></html>' },
      'a status that is not documented',
    ],
    'an undocumented status, to HEAD': [{ method: 'HEAD', status: 500 }, 'a status that is not documented'],
    'a body where there is none': [{ method: 'DELETE', status: 204, body: missing }, 'a body where none is documented'],
    'a body, to HEAD': [{ method: 'HEAD', body: cat }, 'a body, to HEAD'],
    'no body where there is one': [{ contentType: null, body: '' }, 'no body, where one is documented'],
    'an undocumented type': [
      { contentType: 'text/plain', body: 'Tom' },
      'a body of the type text/plain, which is not documented',
    ],
    'no type': [{ contentType: undefined, body: cat }, 'a body of the type (none), which is not documented'],
    'a value of a wrong type': [{ body: { ...cat, name: 5 } }, '/name must be string'],
    'a value that is too long': [{ body: { ...cat, name: 'Tomy' } }, '/name must NOT have more than 3 characters'],
    'a value of a wrong form': [{ body: { ...cat, name: 'a b' } }, '/name must match pattern "^[\\w]+$"'],
    'a value of a wrong format': [{ body: { ...cat, mail: 'tom' } }, '/mail must match format "email"'],
    'a missing property': [{ body: { id: 1, mood: 'bad' } }, "the body must have required property 'name'"],
    'a missing readOnly property': [
      { body: { mood: 'bad', name: 'Tom' } },
      "the body must have required property 'id'",
    ],
    'a missing property that is readOnly by its component': [
      { body: { id: 1, name: 'Tom' } },
      "the body must have required property 'mood'",
    ],
    'a writeOnly property': [{ body: { ...cat, secret: 'x' } }, '/secret is writeOnly'],
    'an unknown property': [{ body: { ...cat, tail: 1 } }, '/tail is not documented'],
    'an unknown property further in': [{ body: { ...cat, home: { zip: 1 } } }, '/home/zip is not documented'],
    'an unknown property of a whole made of parts': [
      { path: '/cats/best/', body: { ...cat, tail: 1 } },
      '/tail is not documented',
    ],
    'a wrong item of a list': [{ path: '/cats/', body: [cat, { ...cat, id: '1' }] }, '/1/id must be integer'],
    'a wrong value in a map': [{ body: { ...cat, notes: { a: 1 } } }, '/notes/a must be string'],
    'a wrong body of a shared response': [{ status: 404, body: cat }, "the body must have required property 'detail'"],
    'a wrong refusal of a method': [{ method: 'PUT', path: '/cats/', status: 405, body: 5 }, 'the body must be object'],
  };
  for (const [name, [answer, sentence]] of Object.entries(lies)) {
    it(`finds ${name}`, () => {
      const { method = 'GET', path = '/cats/1/', status = 200 } = answer;
      expect(faultsOf(answer)).to.include(`${method} ${path} answers ${status}: ${sentence}`);
    });
  }
});
