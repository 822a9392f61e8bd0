import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Contract, contract, errors, type ProcedureContract } from '@showroom/contract';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expect } from 'chai';
import type { z } from 'zod';
import { startApi, type TestApi } from './api.suite.js';
import { createDocument } from './rest/document.js';
import { type AppRouter, appRouter } from './router.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Inputs = {
  [R in keyof Contract]: { [V in keyof Contract[R]]: Contract[R][V] extends { input: infer I } ? z.input<I> : never };
};
type Outputs = {
  [R in keyof Contract]: { [V in keyof Contract[R]]: Contract[R][V] extends { output: infer O } ? z.output<O> : never };
};

// The build breaks here when router and contract part.
true satisfies Equal<inferRouterInputs<AppRouter>, Inputs>;
true satisfies Equal<inferRouterOutputs<AppRouter>, Outputs>;

const procedures = Object.values(contract).flatMap((resource) => Object.values(resource) as ProcedureContract[]);

describe('faces of the API', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  it('implement every procedure of the contract, and no other', () => {
    const names = Object.entries(contract).flatMap(([resource, verbs]) =>
      Object.keys(verbs).map((verb) => `${resource}.${verb}`),
    );
    expect(Object.keys(appRouter._def.procedures).sort()).to.deep.equal(names.sort());
  });

  for (const procedure of procedures.filter(({ needs }) => needs !== 'open')) {
    it(`ask ${procedure.operationId} for a user, over REST with and without the slash`, async () => {
      const path = procedure.path.replace(/\{\w+\}/, '1');
      for (const each of [path, path.replace(/\/$/, '')]) {
        expect((await api.rest(procedure.method, each, undefined, { authorization: '' })).status).to.equal(401);
      }
    });
  }

  it('ask for a user over tRPC', async () => {
    const error = await api
      .trpcAs('admin', 'wrong')
      .tags.list.query({})
      .catch((thrown) => thrown);
    expect(error.data).to.include({ httpStatus: 401, error: 'auth.failed' });
  });

  it('tell tRPC clients the fields that were refused, by the codes of the table', async () => {
    const refused = await api.trpc.tags.create.mutate({ name: '' }).catch((thrown) => thrown);
    expect(refused.data).to.deep.include({
      error: 'request.invalid',
      fields: [{ path: ['name'], message: 'Must not be blank.' }],
    });
    const missing = await api.trpc.tags.read.query({ id: 999 }).catch((thrown) => thrown);
    expect(missing.data).to.include({ httpStatus: 404, error: 'tag.not_found' });
  });

  it('tell the code of a refusal over REST too, beside its words', async () => {
    const codeOf = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${api.origin}/api/v1${path}`, init)).headers.get('x-error-code');
    expect(await codeOf('/tags/')).to.equal('auth.required');
    const headers = { authorization: `Basic ${btoa('admin:pw')}` };
    expect(await codeOf('/tags/999/', { headers })).to.equal('tag.not_found');
    expect(await codeOf('/tags/', { headers })).to.equal(null);
    await api.rest('POST', '/users/', { username: 'nobody', password: 'nothing at all' });
    const asNobody = { authorization: `Basic ${btoa('nobody:nothing at all')}` };
    const refused = await fetch(`${api.origin}/api/v1/tags/`, { headers: asNobody });
    expect(refused.headers.get('x-error-needs')).to.equal('view_tag');
  });

  it('judge tRPC as strictly after REST as before', async () => {
    await api.rest('GET', '/clients/?page=1&limit=5');
    await api.rest('POST', '/clients/', { phone_number: 7, tag: '1' });
    const error = await api.trpc.clients.list.query({ page: '1' as 'last' }).catch((thrown) => thrown);
    expect(error.data).to.include({ httpStatus: 400 });
  });

  it('throw every code of the error table somewhere', () => {
    const source = (function read(folder: string): string {
      return readdirSync(folder, { withFileTypes: true })
        .map((entry) => {
          if (entry.isDirectory()) return read(`${folder}/${entry.name}`);
          return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')
            ? readFileSync(`${folder}/${entry.name}`, 'utf8')
            : '';
        })
        .join('\n');
    })(fileURLToPath(new URL('.', import.meta.url)));
    for (const code of Object.keys(errors)) expect(source, code).to.include(`'${code}'`);
  });

  it('answer malformed requests with a clear 4xx', async () => {
    const post = (body: unknown, headers = {}) => api.rest('POST', '/tags/', body, headers);
    const malformed = await post('{"name": }');
    expect(malformed.status).to.equal(400);
    expect(malformed.body.detail).to.match(/^JSON parse error - /);
    expect(await post('')).to.deep.include({ status: 400, body: { name: ['This field is required.'] } });
    expect((await post('[]')).body).to.deep.equal({
      non_field_errors: ['Invalid data. Expected a dictionary, but got list.'],
    });
    expect((await post('null')).body).to.deep.equal({ non_field_errors: ['No data provided'] });
    expect(await post('x', { 'content-type': 'text/plain' })).to.deep.include({
      status: 415,
      body: { detail: 'Unsupported media type "text/plain" in request.' },
    });
    expect((await post(JSON.stringify({ name: 'x'.repeat(2_000_000) }))).status).to.equal(413);
    expect((await post('{"__proto__": {"x": 1}, "name": "proto"}')).status).to.equal(201);
  });

  it('find nothing by what no row could hold', async () => {
    expect((await api.rest('GET', '/users/%00/')).status).to.equal(404);
    expect((await api.rest('PATCH', '/users/%00/', {})).status).to.equal(404);
    expect(await api.rest('GET', '/mailing/?tag=%00')).to.deep.include({
      status: 400,
      body: { tag: ['Null characters are not allowed.'] },
    });
    expect((await api.rest('GET', '/messages/?client=99999999999999999999')).status).to.equal(400);
  });

  it('serve the document to anybody, with every operation', async () => {
    const { status, body } = await api.rest('GET', '/openapi.json', undefined, { authorization: '' });
    expect(status).to.equal(200);
    expect(body.info).to.deep.include({ title: 'Showroom API', version: 'v1' });
    const operations = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((path) =>
      Object.values(path),
    );
    expect(operations.map(({ operationId }) => operationId).sort()).to.deep.equal(
      procedures.map(({ operationId }) => operationId).sort(),
    );
    expect(Object.keys(body.paths)).to.include.members(['/clients/{id}/', '/users/{username}/']);
  });

  it('is the document that is checked in', () => {
    const checkedIn = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(`${JSON.stringify(createDocument(), null, 2)}\n`, 'run npm run openapi').to.equal(checkedIn);
  });
});
