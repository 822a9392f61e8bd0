import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const notNull = 'This field may not be null.';
const noDate =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].';

describe('mailings over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    for (const name of ['known', '7', 'True', 'None']) await api.rest('POST', '/tags/', { name });
    await api.rest('POST', '/codes/', { code: '900' });
  });
  after(() => api.stop());

  const mailing = {
    tags: [] as unknown,
    codes: [] as unknown,
    start_notification_date: '2000-01-01T10:00:00Z',
    end_notification_date: '9999-12-31T23:59:59Z',
    text: 'hello',
  };
  const post = (change: object) => api.rest('POST', '/mailing/', { ...mailing, ...change });

  describe('names', () => {
    for (const [tags, message] of [
      [['x'], 'Object with name=x does not exist.'],
      [['known', 'x', 'y'], 'Object with name=x does not exist.'],
      [['KNOWN'], 'Object with name=KNOWN does not exist.'],
      [[' known'], 'Object with name= known does not exist.'],
      [[''], 'Object with name= does not exist.'],
      [[null, 'x'], 'Object with name=x does not exist.'],
      [[[]], 'Object with name=[] does not exist.'],
      [[false], 'Object with name=False does not exist.'],
      ['x', 'Expected a list of items but got type "str".'],
      [5, 'Expected a list of items but got type "int".'],
      [1.5, 'Expected a list of items but got type "float".'],
      [true, 'Expected a list of items but got type "bool".'],
      [null, notNull],
    ] as const) {
      it(`refuse the tags ${JSON.stringify(tags)}`, async () => {
        expect(await post({ tags })).to.deep.include({ status: 400, body: { tags: [message] } });
      });
    }

    it('refuse codes in the same way', async () => {
      expect(await post({ codes: ['900', 'x'] })).to.deep.include({
        status: 400,
        body: { codes: ['Object with code=x does not exist.'] },
      });
    });

    for (const [tags, answered] of [
      [{}, []],
      [[], []],
      [['known', 'known'], ['known']],
      [[7], ['7']],
      [{ known: 1 }, ['known']],
    ] as const) {
      it(`take the tags ${JSON.stringify(tags)}`, async () => {
        const { status, body } = await post({ tags });
        expect(status, JSON.stringify(body)).to.equal(201);
        expect(body.tags).to.deep.equal(answered);
      });
    }

    it('are asked for', async () => {
      const { tags: _, ...rest } = mailing;
      expect((await api.rest('POST', '/mailing/', rest)).body).to.deep.equal({ tags: ['This field is required.'] });
    });
  });

  it('have a text of 500 characters at most', async () => {
    expect((await post({ text: 'я'.repeat(500) })).status).to.equal(201);
    expect((await post({ text: 'я'.repeat(501) })).body).to.deep.equal({
      text: ['Ensure this field has no more than 500 characters.'],
    });
  });

  for (const [sent, answered] of [
    ['2099-01-01T10:00:00Z', '2099-01-01T10:00:00Z'],
    ['2099-01-01T10:00:00+03:00', '2099-01-01T07:00:00Z'],
    ['2099-01-01T10:00:00+0300', '2099-01-01T07:00:00Z'],
    ['2099-01-01T10:00:00+03', '2099-01-01T07:00:00Z'],
    ['2099-01-01T10:00:00-11:30', '2099-01-01T21:30:00Z'],
    ['2099-01-01T10:00:00', '2099-01-01T10:00:00Z'],
    ['2099-01-01 10:00:00', '2099-01-01T10:00:00Z'],
    ['2099-01-01T10:00', '2099-01-01T10:00:00Z'],
    ['2099-1-1T1:00', '2099-01-01T01:00:00Z'],
    ['2099-01-01T10:00:00.5Z', '2099-01-01T10:00:00.500000Z'],
    ['2099-01-01T10:00:00,5Z', '2099-01-01T10:00:00.500000Z'],
    ['2099-01-01T10:00:00.123456Z', '2099-01-01T10:00:00.123456Z'],
    ['2099-01-01T10:00:00.123456789Z', '2099-01-01T10:00:00.123456Z'],
    ['2099-01-01T10:00:00.000001Z', '2099-01-01T10:00:00.000001Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ] as const) {
    it(`take the date ${sent}`, async () => {
      const created = await post({ start_notification_date: sent });
      expect(created.status, JSON.stringify(created.body)).to.equal(201);
      expect(created.body.start_notification_date).to.equal(answered);
      const read = await api.rest('GET', `/mailing/${created.body.id}/`);
      expect(read.body.start_notification_date).to.equal(answered);
    });
  }

  for (const sent of [
    '2099-01-01T10:00:00z',
    '2099-01-01T10:00:00 +03:00',
    '20990101T100000Z',
    '2099-02-30T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '2099-01-01T24:00:00Z',
    '2099-01-01T10:60:00Z',
    '2099-13-01T10:00:00Z',
    '0000-01-01T10:00:00Z',
    'tomorrow',
    '',
    5,
    1.5,
    true,
    [],
    {},
    '2099-01-01',
  ]) {
    it(`refuse the date ${JSON.stringify(sent)}`, async () => {
      expect(await post({ start_notification_date: sent })).to.deep.include({
        status: 400,
        body: { start_notification_date: [noDate] },
      });
    });
  }

  it('refuse null for a date', async () => {
    expect((await post({ end_notification_date: null })).body).to.deep.equal({ end_notification_date: [notNull] });
  });
});
