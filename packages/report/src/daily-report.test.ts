import { type AddressInfo, createServer } from 'node:net';
import { type Database, openDatabase } from '@showroom/database';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { sendDailyReport } from './daily-report.js';
import { createMailer, type Mailer } from './mailer.js';

describe('the daily report', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let smtp: SMTPServer;
  let mailer: Mailer;
  let letters: { to: string[]; from: string; mail: ParsedMail }[];
  let isRefusing: boolean;

  before(async () => {
    smtp = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'showroom' && password === 'p@ss' ? done(null, { user: username }) : done(new Error('who?')),
      onData: (stream, { envelope }, done) => {
        simpleParser(stream).then((mail) => {
          if (isRefusing) return done(Object.assign(new Error('mailbox is full'), { responseCode: 452 }));
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          letters.push({ to: envelope.rcptTo.map(({ address }) => address), from, mail });
          done();
        }, done);
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as AddressInfo;
    mailer = createMailer({
      smtpUrl: `smtp://showroom:p%40ss@127.0.0.1:${port}`,
      from: 'showroom@example.com',
      to: ['ops@example.com', 'boss@example.com'],
    });
  });
  after(async () => {
    mailer.close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
  beforeEach(async () => {
    letters = [];
    isRefusing = false;
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
  });
  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
  });

  /** A mailing whose two messages were sent at these moments, as SQL has them. */
  const addSent = async (id: number, text: string, first: string, second: string) => {
    await testDatabase.query(
      `INSERT INTO mailings (id, start_at, end_at, text, by_tag, by_code, status, started_at, finished_at)
       VALUES ($1, ${first}, ${second} + interval '1 h', $2, false, false, 'completed', ${first}, ${second})`,
      [id, text],
    );
    await testDatabase.query(`INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
      VALUES (${2 * id}, ${id}, 1, 'sent', ${first}), (${2 * id + 1}, ${id}, 2, 'sent', ${second})`);
    await testDatabase.query(
      `INSERT INTO ranges (mailing_id, first_id, last_id, sent, done) VALUES (${id}, ${2 * id}, ${2 * id + 1}, 2, true)`,
    );
  };
  const midnight = (timezone: string) =>
    `(date_trunc('day', now() AT TIME ZONE '${timezone}') AT TIME ZONE '${timezone}')`;
  const send = (timezone = 'UTC') => sendDailyReport({ database, mailer, timezone });

  it('tells what was sent yesterday, to everybody, with a PDF', async () => {
    await addSent(
      1,
      'Скидки <b>только</b> вчера',
      `${midnight('UTC')} - interval '2 h'`,
      `${midnight('UTC')} - interval '1 h'`,
    );
    await addSent(2, 'today', `${midnight('UTC')}`, `${midnight('UTC')} + interval '1 s'`);
    const day = await send();
    expect(day).to.match(/^\d{4}-\d\d-\d\d$/);
    expect(letters).to.have.lengthOf(1);
    const { to, from, mail } = letters[0]!;
    expect(to).to.deep.equal(['ops@example.com', 'boss@example.com']);
    expect(from).to.equal('showroom@example.com');
    expect(mail.subject).to.equal(`Showroom: 2 messages sent on ${day}`);
    expect(mail.text).to.contain(`2 messages were sent on ${day} (UTC), by 1 mailings.`);
    expect(mail.text).to.contain('Mailing 1 (completed), 2 sent that day: 2 sent of 2. “Скидки <b>только</b> вчера”');
    expect(mail.text).to.contain('In all: 4 sent of 4 messages.');
    expect(mail.html).to.contain('Скидки &lt;b&gt;только&lt;/b&gt; вчера');
    const [pdf] = mail.attachments;
    expect(pdf).to.include({ filename: `showroom-${day}.pdf`, contentType: 'application/pdf' });
    expect(pdf?.content.subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('counts by the days of its time zone, and only those minutes that lie in them', async () => {
    const day = midnight('Pacific/Auckland');
    await addSent(1, 'over midnight', `${day} - interval '24 h 1 min'`, `${day} - interval '23 h'`);
    await send('Pacific/Auckland');
    expect(letters[0]?.mail.text).to.contain('1 messages were sent on');
    expect(letters[0]?.mail.text).to.contain('Mailing 1 (completed), 1 sent that day: 2 sent of 2.');
  });

  it('takes a time zone for what a window of a mailing takes it for', async () => {
    // A name that PostgreSQL does not know, and that its zone stands in for.
    const day = midnight('Australia/Sydney');
    await addSent(1, 'over midnight', `${day} - interval '24 h 1 min'`, `${day} - interval '23 h'`);
    await send('AET');
    expect(letters[0]?.mail.text).to.contain('Mailing 1 (completed), 1 sent that day: 2 sent of 2.');
  });

  it('is written once, however many workers are asked, and how often', async () => {
    const days = await Promise.all([send(), send(), send(), send()]);
    expect(days.filter((day) => day !== null)).to.have.lengthOf(1);
    expect(await send()).to.equal(null);
    expect(letters).to.have.lengthOf(1);
    expect(letters[0]?.mail.text).to.contain('0 messages were sent');
  });

  it('is tried again when the server does not take it', async () => {
    isRefusing = true;
    const error = await send().catch((thrown: Error) => thrown);
    expect(String(error)).to.contain('mailbox is full');
    expect(String(error)).not.to.contain('p@ss');
    isRefusing = false;
    expect(await send()).to.be.a('string');
    expect(letters).to.have.lengthOf(1);
  });

  it('is taken over from a worker that died while it wrote', async () => {
    await testDatabase.query(`INSERT INTO reports (day) VALUES ((now() AT TIME ZONE 'UTC')::date - 1)`);
    expect(await send()).to.equal(null);
    await testDatabase.query(`UPDATE reports SET claimed_at = claimed_at - interval '11 minutes'`);
    expect(await send()).to.be.a('string');
  });

  it('says that nobody answers', async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const lost = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'a@example.com', to: ['b@example.com'] });
    const error = await sendDailyReport({ database, mailer: lost, timezone: 'UTC' }).catch((thrown: Error) => thrown);
    expect(String(error)).to.contain('ECONNREFUSED');
  });
});
