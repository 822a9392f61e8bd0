import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const required = 'This field is required.';
const notNull = 'This field may not be null.';
const blank = 'This field may not be blank.';
const notString = 'Not a valid string.';
const notBoolean = 'Must be a valid boolean.';
const noSurrogate = 'Surrogate characters are not allowed: U+D800.';

describe('field errors over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
  });
  after(() => api.stop());

  const client = { phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 };
  const user = { username: 'ivan', password: 'pw' };

  for (const [path, good, field, value, message] of [
    ...(['name'] as const).flatMap((field) =>
      [
        [null, notNull],
        ['', blank],
        [' \t\n', blank],
        ['x'.repeat(51), 'Ensure this field has no more than 50 characters.'],
        ['😀'.repeat(51), 'Ensure this field has no more than 50 characters.'],
        [true, notString],
        [['x'], notString],
        [{}, notString],
        ['a\0b', 'Null characters are not allowed.'],
        ['a\ud800', noSurrogate],
      ].map(([value, message]) => ['/tags/', {}, field, value, message] as const),
    ),
    ['/codes/', {}, 'code', 'x'.repeat(51), 'Ensure this field has no more than 50 characters.'],
    ['/codes/', {}, 'code', '900', 'mobile operator code with this Код оператора already exists.'],
    ['/tags/', {}, 'name', 'vip', 'tag with this Тег already exists.'],
    ['/clients/', client, 'phone_number', '790012345678', 'Ensure this field has no more than 11 characters.'],
    ['/clients/', client, 'timezone', 'x'.repeat(51), 'Ensure this field has no more than 50 characters.'],
    ...['tag', 'mobile_operator_code'].flatMap((field) =>
      [
        [99, 'Invalid pk "99" - object does not exist.'],
        [0, 'Invalid pk "0" - object does not exist.'],
        [-1, 'Invalid pk "-1" - object does not exist.'],
        ['99', 'Invalid pk "99" - object does not exist.'],
        ['abc', 'Incorrect type. Expected pk value, received str.'],
        [true, 'Incorrect type. Expected pk value, received bool.'],
        [[1], 'Incorrect type. Expected pk value, received list.'],
        [{ id: 1 }, 'Incorrect type. Expected pk value, received dict.'],
        ['', notNull],
        [null, notNull],
      ].map(([value, message]) => ['/clients/', client, field, value, message] as const),
    ),
    ...['is_staff', 'is_active', 'is_superuser'].flatMap((field) =>
      ['maybe', 2, '', [], {}].map((value) => ['/users/', user, field, value, notBoolean] as const),
    ),
    ['/users/', user, 'is_staff', null, notNull],
    ...['x', 'a@x', '@x.com', 'a b@x.com', 'a@-x.com', 'a@x..com'].map(
      (value) => ['/users/', user, 'email', value, 'Enter a valid email address.'] as const,
    ),
    ['/users/', user, 'email', null, notNull],
    ['/users/', user, 'email', `${'a'.repeat(249)}@x.com`, 'Ensure this field has no more than 254 characters.'],
    ['/groups/', {}, 'permissions', 'x', 'Expected a list of items but got type "str".'],
  ] as readonly (readonly [string, object, string, unknown, string])[]) {
    it(`refuse ${field} ${JSON.stringify(value)?.slice(0, 40)} in ${path}`, async () => {
      const given = { ...(path === '/groups/' && { name: 'editors' }), ...good, [field]: value };
      expect(await api.rest('POST', path, given)).to.deep.include({ status: 400, body: { [field]: [message] } });
    });
  }

  it('refuse a key beyond 64 bits', async () => {
    const big = JSON.stringify({ ...client, tag: 0 }).replace('"tag":0', '"tag":9223372036854775808');
    expect(await api.rest('POST', '/clients/', big)).to.deep.include({
      status: 400,
      body: { tag: ['Invalid pk "9223372036854775808" - object does not exist.'] },
    });
  });

  it('name every wrong field at once, whatever is wrong with each', async () => {
    const { body } = await api.rest('POST', '/clients/', { phone_number: '', timezone: null, tag: 99 });
    expect(body).to.deep.equal({
      phone_number: [blank],
      timezone: [notNull],
      mobile_operator_code: [required],
      tag: ['Invalid pk "99" - object does not exist.'],
    });
  });

  for (const [what, sent, name] of [
    ['an integer', 79001234567, '79001234567'],
    ['a fraction', 1.5, '1.5'],
    ['white space around', '  a  ', 'a'],
    ['white space of other kinds', '\u00a0\u2003b\u3000', 'b'],
    ['50 emoji', '😀'.repeat(50), '😀'.repeat(50)],
    ['an empty-looking name that is none', '\u200b', '\u200b'],
  ] as const) {
    it(`take ${what} for a string`, async () => {
      const { status, body } = await api.rest('POST', '/tags/', { name: sent });
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body.name).to.equal(name);
    });
  }

  it('take numbers, texts and fractions for a key', async () => {
    for (const tag of ['1', 1.5, ' 1 ']) {
      const { status, body } = await api.rest('POST', '/clients/', { ...client, tag });
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body.tag).to.equal(1);
    }
  });

  const truths = [true, 1, '1', 't', 'T', 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
  const lies = [false, 0, '0', 'f', 'F', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
  it('take many words for a boolean', async () => {
    await api.rest('POST', '/users/', user);
    for (const [words, meant] of [
      [truths, true],
      [lies, false],
    ] as const) {
      for (const word of words) {
        const { status, body } = await api.rest('PATCH', '/users/ivan/', { is_staff: word });
        expect(status, String(word)).to.equal(200);
        expect(body.is_staff, String(word)).to.equal(meant);
      }
    }
  });

  it('take every e-mail address that Django takes, and none', async () => {
    for (const email of ['', 'a@localhost', 'a@пример.рф', "o'neil+x@sub.example.org", 'a@[127.0.0.1]']) {
      const { status, body } = await api.rest('PATCH', '/users/ivan/', { email });
      expect(status, email).to.equal(200);
      expect(body.email).to.equal(email);
    }
  });

  it('cut white space around passwords', async () => {
    await api.rest('PATCH', '/users/ivan/', { password: ' secret ', is_superuser: true });
    const as = (password: string) =>
      api.rest('GET', '/tags/', undefined, { authorization: api.basic('ivan', password) });
    expect((await as('secret')).status).to.equal(200);
    expect((await as(' secret ')).status).to.equal(401);
  });
});
