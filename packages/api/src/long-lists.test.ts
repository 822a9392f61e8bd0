import { contract, mostElements, type ProcedureContract } from '@showroom/contract';
import { expect } from 'chai';
import { z } from 'zod';
import { startApi, type TestApi } from './api.suite.js';

const dates = { start_notification_date: '2098-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
const mailing = { ...dates, text: 'hello', tags: [], codes: [] };
const tooMany = `Ensure this field has no more than ${mostElements} elements.`;
const times = <T>(count: number, each: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => each(n));

/** Where a list may be of any length; a list that is judged before its elements is a pipe. */
function unboundedLists(schema: z.core.$ZodType, at: string): string[] {
  if (schema instanceof z.ZodArray) return [at];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unboundedLists(schema.unwrap(), at);
  if (schema instanceof z.ZodRecord) return [at];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unboundedLists(option, at));
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as z.core.$ZodShape).flatMap(([name, field]) =>
    unboundedLists(field, `${at}.${name}`),
  );
}

describe('long lists in requests', function () {
  this.timeout(120_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.query(`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 1000) AS n`);
    await api.query(`INSERT INTO codes (code) SELECT 'code ' || n FROM generate_series(1, 1000) AS n`);
  });
  after(() => api.stop());

  it('have a limit in every input', () => {
    const procedures = Object.values(contract).flatMap((each) => Object.values<ProcedureContract>(each));
    expect(procedures.flatMap(({ input, operationId }) => unboundedLists(input, operationId))).to.deep.equal([]);
  });

  async function cpuOf(work: () => Promise<unknown>): Promise<number> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }

  const elements: Record<string, unknown> = {
    '400,000 numbers': times(400_000, () => 1),
    '300,000 objects': times(300_000, () => ({})),
    '200,000 texts': times(200_000, () => 'x'),
    '100,000 lists': times(100_000, () => [[]]),
    'an object of 80,000 keys': Object.fromEntries(times(80_000, (n) => [`k${n}`, 1])),
  };
  for (const [path, field, fields] of [
    ['/mailing/', 'tags', mailing],
    ['/mailing/', 'codes', mailing],
    ['/mailing/preview/', 'tags', mailing],
    ['/groups/', 'permissions', { name: 'editors' }],
    ['/users/', 'groups', { username: 'ivan', password: 'pw' }],
    ['/users/', 'user_permissions', { username: 'ivan', password: 'pw' }],
    ['/tokens/', 'permissions', { name: 'crm' }],
  ] as const) {
    for (const [what, value] of Object.entries(elements)) {
      it(`are refused before their elements are judged: ${what} as ${field} of ${path}`, async () => {
        const send = (body: object) => api.rest('POST', path, body);
        // The same body costs as much to be sent and parsed where nobody judges it.
        const parsing = await cpuOf(() => send({ ...fields, [field]: 'x', unknown: value }));
        const bound = 3 * parsing + 100;
        let cost = Number.POSITIVE_INFINITY;
        // The collection of garbage may fall into a run, and not into each.
        for (let run = 0; run < 3 && cost >= bound; run++) {
          let answer: unknown;
          const once = await cpuOf(async () => {
            answer = await send({ ...fields, [field]: value });
          });
          expect(answer).to.deep.include({ status: 400, body: { [field]: [tooMany] } });
          cost = Math.min(cost, once);
        }
        expect(cost).to.be.below(bound);
      });
    }
  }

  it('are refused over tRPC with the limit and their length', async () => {
    const refused = await api.trpc.mailing.create
      .mutate({
        ...mailing,
        start_notification_date: new Date(),
        end_notification_date: new Date(2099, 1),
        tags: times(200_000, () => 'x'),
      })
      .catch((error) => error.data);
    expect(refused).to.deep.include({
      httpStatus: 400,
      fields: [{ path: ['tags'], message: 'Must have at most 1000 elements, not 200000.' }],
    });
  });

  it('of a thousand elements are taken, and shown in the order of their ids', async () => {
    const tags = times(mostElements, (n) => `tag ${n + 1}`);
    const codes = times(mostElements, (n) => `code ${n + 1}`);
    const startedAt = performance.now();
    const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, tags, codes });
    const listed = (await api.rest('GET', '/mailing/')).body.results.at(-1);
    expect(status).to.equal(201);
    expect(body).to.deep.include({ tags, codes });
    expect(listed).to.deep.include({ tags, codes });
    expect(performance.now() - startedAt, 'not a million pairs').to.be.below(10_000);
    const more = await api.rest('POST', '/mailing/', { ...mailing, tags: [...tags, 'tag 1'] });
    expect(more).to.deep.include({ status: 400, body: { tags: [tooMany] } });
  });

  it('tell over tRPC twenty of their wrong elements', async () => {
    const numbers = times(mostElements, () => 1) as unknown as string[];
    const { fields } = await api.trpc.mailing.preview
      .query({ ...mailing, tags: numbers, text: '' } as never)
      .catch((e) => e.data);
    const told = fields.filter(({ path }: { path: unknown[] }) => path[0] === 'tags');
    expect(told.map(({ path }: { path: unknown[] }) => path)).to.deep.equal(times(20, (n) => ['tags', n]));
    expect(fields.map(({ path }: { path: unknown[] }) => path[0])).to.include('text');
  });

  it('tell over REST the first of their wrong elements', async () => {
    const { status, body } = await api.rest('POST', '/mailing/', {
      ...mailing,
      tags: times(mostElements, (n) => `no ${n}`),
    });
    expect({ status, body }).to.deep.equal({ status: 400, body: { tags: ['Object with name=no 0 does not exist.'] } });
  });
});
