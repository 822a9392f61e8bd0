import { expect } from 'chai';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { startApi, type TestApi } from '../api.suite.js';

const text = 'Приходите в шоурум на Тверской: «скидки» 50 %';

describe('statistic as a PDF', () => {
  let api: TestApi;
  let mailing: number;
  before(async () => {
    api = await startApi();
    await api.query(`INSERT INTO tags (name) VALUES ('ВИП')`);
    await api.query(`INSERT INTO codes (code) VALUES ('900')`);
    await api.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id) VALUES ('79001234567', 'UTC', 1, 1)`,
    );
    const dates = { start_notification_date: '2026-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
    mailing = (await api.rest('POST', '/mailing/', { ...dates, text, tags: ['ВИП'], codes: [] })).body.id;
    await api.query(`INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
      VALUES (1, ${mailing}, 1, 'sent', '2026-01-01T10:00:30Z')`);
    await api.query(`INSERT INTO ranges (mailing_id, first_id, last_id, sent) VALUES (${mailing}, 1, 1, 1)`);
  });
  after(() => api.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${api.origin}/api/v1${path}`, { headers: { authorization: api.basic('admin', 'pw'), ...headers } });

  /** What a reader of the file reads, page by page. */
  async function read(response: Response): Promise<string> {
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/pdf');
    const task = getDocument({ data: new Uint8Array(await response.arrayBuffer()), verbosity: 0 });
    const document = await task.promise;
    const pages: string[] = [];
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent();
      pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
    }
    await task.destroy();
    return pages.join('\n').replaceAll(/\s+/g, ' ');
  }

  for (const [path, headers] of [
    ['/statistic/?format=pdf', {}],
    ['/statistic.pdf', {}],
    ['/statistic/', { accept: 'application/pdf' }],
    ['/statistic/', { accept: 'image/png, application/pdf;q=0.5' }],
  ] as const) {
    it(`is given for ${path} ${JSON.stringify(headers)}`, async () => {
      const said = await read(await get(path, headers));
      expect(said).to.contain('1 mailings, 1 clients');
      expect(said).to.contain('1 messages');
      expect(said).to.contain('Приходите в шоурум на Тверской: «скидки» 50 %');
      expect(said).to.contain('2026-01-01 10:00 UTC');
    });
  }

  it('is given for one mailing, with its tags, codes and minutes', async () => {
    const said = await read(await get(`/statistic/${mailing}/?format=pdf`));
    for (const part of [`Mailing ${mailing}`, text, 'sent 1', 'ВИП', '900', 'Sent in each minute', '10:00']) {
      expect(said).to.contain(part);
    }
  });

  it('is given of a mailing without messages, and of no mailings', async () => {
    const dates = { start_notification_date: '2098-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
    const { id } = (await api.rest('POST', '/mailing/', { ...dates, text: '漢字 😀', tags: [], codes: [] })).body;
    expect(await read(await get(`/statistic/${id}/?format=pdf`))).to.contain('0 messages');
    const empty = await startApi();
    const headers = { authorization: empty.basic('admin', 'pw') };
    expect(await read(await fetch(`${empty.origin}/api/v1/statistic/?format=pdf`, { headers }))).to.contain(
      '0 mailings',
    );
    await empty.stop();
  });

  it('is not what is given unless it is asked for', async () => {
    for (const accept of ['*/*', 'application/json, application/pdf', 'text/html, application/pdf']) {
      expect((await get('/statistic/', { accept })).headers.get('content-type')).not.to.contain('pdf');
    }
  });

  it('is only of statistics', async () => {
    expect((await get('/tags/?format=pdf')).status).to.equal(404);
    expect((await get('/tags/', { accept: 'application/pdf' })).status).to.equal(406);
  });

  it('says in JSON what went wrong', async () => {
    for (const [path, status] of [
      ['/statistic/999/?format=pdf', 404],
      ['/statistic/?format=pdf&page=9', 404],
    ] as const) {
      const response = await get(path);
      expect(response.status, path).to.equal(status);
      expect(await response.json()).to.have.keys('detail');
    }
    const stranger = await fetch(`${api.origin}/api/v1/statistic/?format=pdf`);
    expect(stranger.status).to.equal(401);
    expect(await stranger.json()).to.have.keys('detail');
  });

  it('is told of by OPTIONS', async () => {
    const { body } = await api.rest('OPTIONS', '/statistic/');
    expect(body.renders).to.deep.equal(['application/json', 'text/html', 'application/pdf']);
  });
});
