/*
 * What an app does with the SDK, in any runtime: makes, lists, imports, sends, watches, and fails. It gets the SDK handed in, so
 * that whoever runs it decides how it is loaded.
 */

/**
 * @param {typeof import('@showroom/sdk')} sdk
 * @param {{ baseUrl: string, token: string, name: string }} place `name`: of the tag that this tour makes
 * @returns what an app has seen, as plain values
 */
export async function tour(
  { createShowroom, NotFoundError, ConflictError, ValidationError },
  { baseUrl, token, name },
) {
  const paths = new Set();
  const showroom = createShowroom({
    baseUrl,
    token,
    fetch: (input, init) => {
      paths.add(new URL(input.url ?? input).pathname);
      return fetch(input, init);
    },
  });
  const tag = await showroom.tags.create({ name });
  const code = await showroom.codes.create({ code: String(tag.id).padStart(3, '9') });
  const person = (n) => ({
    phone_number: `7900${tag.id}${n}`,
    timezone: 'UTC',
    mobile_operator_code: code.id,
    tag: tag.id,
  });

  const progress = [];
  const rows = await showroom.clients.import([person(1), person(2), { ...person(3), phone_number: '7x' }], {
    onProgress: ({ rows }) => progress.push(rows),
  });
  const line = Object.values(person(4)).join();
  const csv = new Blob([`phone_number,timezone,mobile_operator_code,tag\n${line}\n`]);
  const file = await showroom.clients.import({ csv }, { known: 'skip' });

  const clients = [];
  for await (const client of showroom.clients.list.all({ tag: tag.id }, { pageSize: 2 }))
    clients.push(client.phone_number);

  const mailing = await showroom.mailing.create({
    text: 'Приходите',
    tags: [name],
    codes: [],
    start_notification_date: 'now',
    end_notification_date: new Date(Date.now() + 3_600_000),
  });
  const seen = [];
  for await (const { status, sent } of showroom.mailing.watch(mailing.id)) seen.push({ status, sent });

  const errorOf = (promise) =>
    promise.then(
      () => undefined,
      (error) => error,
    );
  const missing = await errorOf(showroom.tags.read(999_999));
  const inUse = await errorOf(showroom.tags.delete(tag.id));
  const refused = await errorOf(showroom.clients.create({ ...person(5), phone_number: '' }));
  const gone = new AbortController();
  const aborted = errorOf(showroom.tags.list({}, { signal: gone.signal }));
  gone.abort(new Error('changed my mind'));
  return {
    imported: [rows.created, rows.refused, rows.errors[0].row, file.created],
    progress,
    clients: clients.length,
    startIsDate: mailing.start_notification_date instanceof Date,
    end: seen.at(-1),
    wasTold: paths.has('/live/mailing.watch') && !paths.has('/trpc/statistic.read'),
    missing: missing instanceof NotFoundError && missing.code,
    hasRequestId: Boolean(missing.requestId),
    inUse: inUse instanceof ConflictError && inUse.message,
    refused: refused instanceof ValidationError && Object.keys(refused.fields),
    aborted: (await aborted).message,
  };
}
