import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const ofList = 'GET, POST, HEAD, OPTIONS';
const ofItem = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS';
const ofReader = 'GET, HEAD, OPTIONS';
const written = ['clients', 'codes', 'groups', 'mailing', 'tags', 'users'];

type Body = string | Uint8Array<ArrayBuffer>;

describe('requests as a whole, over REST', () => {
  let api: TestApi;
  let send: (method: string, path: string, headers?: Record<string, string>, body?: Body) => Promise<Response>;
  before(async () => {
    api = await startApi();
    send = (method, path, headers = {}, body = undefined) =>
      fetch(`${api.origin}${path}`, {
        method,
        headers: { authorization: api.basic('admin', 'pw'), ...headers },
        body,
        redirect: 'manual',
      });
    await api.rest('POST', '/tags/', { name: 'vip' });
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM tags WHERE id > 1'));

  const json = { 'content-type': 'application/json' };
  const post = (body: Body, headers: Record<string, string> = json) => send('POST', '/api/v1/tags/', headers, body);

  for (const [body, why] of [
    ['{"name":', 'Expecting value: line 1 column 9 (char 8)'],
    ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['{"name" 1}', "Expecting ':' delimiter: line 1 column 9 (char 8)"],
    ['{"name": 1 2}', "Expecting ',' delimiter: line 1 column 12 (char 11)"],
    ['nonsense', 'Expecting value: line 1 column 1 (char 0)'],
    ['{"name": "x"} y', 'Extra data: line 1 column 15 (char 14)'],
    ['{"name": NaN}', "Out of range float values are not JSON compliant: 'NaN'"],
    ['{"name": "x', 'Unterminated string starting at: line 1 column 10 (char 9)'],
  ] as const) {
    it(`cannot be the JSON ${body}`, async () => {
      for (const [method, path] of [
        ['POST', '/api/v1/tags/'],
        ['PUT', '/api/v1/tags/1/'],
        ['PATCH', '/api/v1/tags/1/'],
      ] as const) {
        const response = await send(method, path, json, body);
        expect(response.status).to.equal(400);
        const { detail } = (await response.json()) as { detail: string };
        expect(detail).to.equal(`JSON parse error - ${why}`);
      }
    });
  }

  it('cannot be bytes that are no UTF-8', async () => {
    const response = await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]));
    expect(response.status).to.equal(400);
    expect(((await response.json()) as { detail: string }).detail).to.match(/^JSON parse error - /);
  });

  it('without a body are as an empty object', async () => {
    for (const headers of [json, {}] as Record<string, string>[]) {
      const response = await send('POST', '/api/v1/tags/', headers);
      expect(response.status).to.equal(400);
      expect(await response.json()).to.deep.equal({ name: ['This field is required.'] });
    }
  });

  for (const [body, message] of [
    ['[]', 'Invalid data. Expected a dictionary, but got list.'],
    ['[{"name":"x"}]', 'Invalid data. Expected a dictionary, but got list.'],
    ['"x"', 'Invalid data. Expected a dictionary, but got str.'],
    ['5', 'Invalid data. Expected a dictionary, but got int.'],
    ['1.5', 'Invalid data. Expected a dictionary, but got float.'],
    ['true', 'Invalid data. Expected a dictionary, but got bool.'],
    ['null', 'No data provided'],
  ]) {
    it(`cannot be ${body}`, async () => {
      for (const [method, path] of [
        ['POST', '/api/v1/tags/'],
        ['PATCH', '/api/v1/tags/1/'],
      ] as const) {
        const response = await send(method, path, json, body);
        expect(response.status).to.equal(400);
        expect(await response.json()).to.deep.equal({ non_field_errors: [message] });
      }
    });
  }

  it('cannot be of another type', async () => {
    for (const [type, shown] of [
      ['text/plain', 'text/plain'],
      ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
      ['application/xml', 'application/xml'],
      ['nonsense', 'nonsense'],
    ]) {
      const response = await post('{"name":"x"}', { 'content-type': type! });
      expect(response.status, type).to.equal(415);
      expect(await response.json()).to.deep.equal({ detail: `Unsupported media type "${shown}" in request.` });
    }
    const untyped = await post(new Uint8Array(Buffer.from('{"name":"x"}')), {});
    expect(untyped.status).to.equal(415);
    expect(await untyped.json()).to.deep.equal({ detail: 'Unsupported media type "" in request.' });
  });

  it('may name the charset', async () => {
    const response = await post('{"name":"й"}', { 'content-type': 'application/json; charset=utf-8' });
    expect(response.status).to.equal(201);
  });

  it('may not be larger than a megabyte', async () => {
    const response = await post(JSON.stringify({ name: 'x'.repeat(2_000_000) }));
    expect(response.status).to.equal(413);
    expect(await response.json()).to.have.keys('detail');
  });

  describe('by a method that is not taken', () => {
    const cases: [string, string, string][] = [
      ...written.flatMap((list): [string, string, string][] => [
        ['DELETE', `/${list}/`, ofList],
        ['PUT', `/${list}/`, ofList],
        ['PATCH', `/${list}/`, ofList],
        ['POST', `/${list}/1/`, ofItem],
      ]),
      ...['/messages/', '/permissions/', '/statistic/', '/statistic/1/'].flatMap((path): [string, string, string][] =>
        ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, path, ofReader]),
      ),
    ];
    for (const [method, path, allow] of cases) {
      it(`${method} ${path} answers 405`, async () => {
        const refused = await api.rest(method, path, method === 'DELETE' ? undefined : '{');
        expect(refused).to.deep.include({ status: 405, body: { detail: `Method "${method}" not allowed.` } });
        expect(refused.headers.get('allow')).to.equal(allow);
      });
    }
  });

  describe('to an item that is not there', () => {
    for (const resource of written) {
      const ids = resource === 'users' ? ['nobody'] : ['99999999', 'abc', '0', '-1', '9223372036854775808', '1e3'];
      for (const id of ids) {
        it(`/${resource}/${id}/ answer 404, whatever the body`, async () => {
          for (const [method, body] of [
            ['GET', undefined],
            ['PUT', '{'],
            ['PATCH', '[]'],
            ['DELETE', undefined],
          ] as const) {
            const answer = await api.rest(method, `/${resource}/${id}/`, body);
            expect(answer, method).to.deep.include({ status: 404, body: { detail: 'Not found.' } });
          }
        });
      }
    }
  });

  for (const path of ['/api/v1/nothing/', '/nothing', '/api/v1/tags/1/more/', '/%zz']) {
    it(`to ${path} get the page of Django, with or without credentials`, async () => {
      for (const authorization of [api.basic('admin', 'pw'), '']) {
        const response = await send('GET', path, { authorization });
        expect(response.status).to.equal(404);
        expect(response.headers.get('content-type')).to.match(/^text\/html/);
        expect(await response.text()).to.include('The requested resource was not found on this server.');
      }
    });
  }

  it('get no other type than they accept', async () => {
    for (const accept of ['application/xml', 'text/plain', 'image/*']) {
      const response = await send('GET', '/api/v1/tags/', { accept });
      expect(response.status, accept).to.equal(406);
      expect(await response.json()).to.deep.equal({ detail: 'Could not satisfy the request Accept header.' });
    }
    for (const accept of ['*/*', 'application/json', 'application/*', 'text/plain, */*; q=0.1']) {
      const response = await send('GET', '/api/v1/tags/', { accept });
      expect(response.status, accept).to.equal(200);
      expect(response.headers.get('content-type'), accept).to.equal('application/json');
    }
  });

  it('get HTML when they prefer it', async () => {
    for (const accept of ['text/html', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8']) {
      const response = await send('GET', '/api/v1/tags/', { accept });
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
      expect(await response.text()).to.include('Tag List');
    }
  });

  it('show no script that a row has brought along', async () => {
    await api.rest('POST', '/tags/', { name: '<script>alert(1)</script>' });
    const page = await (await send('GET', '/api/v1/tags/?x=<script>', { accept: 'text/html' })).text();
    expect(page).not.to.include('<script>alert(1)');
  });

  it('get the list of lists at the root', async () => {
    const { status, body } = await api.rest('GET', '/');
    expect(status).to.equal(200);
    expect(Object.keys(body)).to.include.members([...written, 'messages', 'statistic', 'permissions']);
    expect(body.clients).to.equal(`${api.origin}/api/v1/clients/`);
    expect((await send('GET', '/api/v1/', { authorization: '' })).status).to.equal(401);
  });

  it('may name the format', async () => {
    const { body: list } = await api.rest('GET', '/tags/');
    expect((await api.rest('GET', '/tags.json')).body).to.deep.equal(list);
    expect((await api.rest('GET', '/tags/?format=json')).body).to.deep.equal(list);
    expect((await api.rest('GET', '/tags/1.json')).body).to.deep.equal(list.results[0]);
    expect((await api.rest('GET', '/tags/?format=xml')).status).to.equal(404);
  });

  it('may leave out the slash at the end', async () => {
    const created = await api.rest('POST', '/tags', { name: 'slashless' });
    expect(created.status).to.equal(201);
    const path = `/tags/${created.body.id}`;
    expect((await api.rest('GET', `${path}?a=1`)).body).to.deep.equal(created.body);
    expect((await api.rest('PUT', path, { name: 'other' })).status).to.equal(200);
    expect((await api.rest('PATCH', path, {})).status).to.equal(200);
    expect((await api.rest('DELETE', path)).status).to.equal(204);
    expect((await api.rest('GET', '/tags?limit=1')).body.count).to.equal(1);
  });

  describe('by OPTIONS', () => {
    it('are told what a list takes', async () => {
      const { status, headers, body } = await api.rest('OPTIONS', '/tags/');
      expect(status).to.equal(200);
      expect(headers.get('allow')).to.equal(ofList);
      expect(JSON.stringify(body)).to.equal(
        JSON.stringify({
          name: 'Tag List',
          description: '',
          renders: ['application/json', 'text/html'],
          parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
          actions: {
            POST: {
              id: { type: 'integer', required: false, read_only: true, label: 'ID' },
              name: { type: 'string', required: true, read_only: false, label: 'Тег', max_length: 50 },
            },
          },
        }),
      );
    });

    it('are told what an item takes, where there is one', async () => {
      const { body } = await api.rest('OPTIONS', '/tags/1/');
      expect(body.name).to.equal('Tag Instance');
      expect(body.actions).to.have.keys('PUT');
      expect((await api.rest('OPTIONS', '/tags/99/')).body).not.to.have.property('actions');
    });

    it('are told of keys and of lists that are only read', async () => {
      const { body } = await api.rest('OPTIONS', '/clients/');
      expect(body.actions.POST.tag).to.deep.equal({ type: 'field', required: true, read_only: false, label: 'Тег' });
      const { body: messages } = await api.rest('OPTIONS', '/messages/');
      expect(messages.name).to.equal('Message List');
      expect(messages).not.to.have.property('actions');
    });

    it('need credentials like any other', async () => {
      expect((await api.rest('OPTIONS', '/tags/', undefined, { authorization: '' })).status).to.equal(401);
    });
  });
});
