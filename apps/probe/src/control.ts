import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type FaultSource, Faults } from './faults.js';
import { InboxQuery } from './inbox.js';
import { type Ledger, toIso } from './ledger.js';
import { parsed } from './validation.js';

interface ControlDeps {
  ledger: Ledger;
  faults: FaultSource;
}

const End = z.strictObject({ at: z.iso.datetime({ offset: true }).transform((at) => Date.parse(at)) });

const PAGE = new URL('../public/index.html', import.meta.url);
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";

/**
 * The tester's side: faults, counts, the end, the inbox and its page.
 *
 * No credentials are asked for: this is a test tool that listens on 127.0.0.1 unless it is told otherwise, and what it
 * holds is what its user sent it. Pages of other sites do not reach it: see hosts.ts. Every route that changes something answers what is in force afterwards.
 */
export function addControlRoutes(app: FastifyInstance, deps: ControlDeps): void {
  addFaultRoutes(app, deps);
  addEndRoutes(app, deps);
  addInboxRoutes(app, deps);
  app.get('/healthz', () => ({ status: 'ok' }));
}

function addFaultRoutes(app: FastifyInstance, { faults }: ControlDeps): void {
  app.get('/faults', () => faults.current());
  app.put('/faults', ({ body }) => {
    faults.set(parsed(Faults, body));
    return faults.current();
  });
  app.delete('/faults', () => {
    faults.set(Faults.parse({}));
    return faults.current();
  });
}

function addEndRoutes(app: FastifyInstance, { ledger }: ControlDeps): void {
  const end = () => ({ at: toIso(ledger.endMs) });
  app.get('/end', end);
  app.put('/end', ({ body }) => {
    ledger.endMs = parsed(End, body).at;
    return end();
  });
  app.delete('/end', () => {
    ledger.endMs = null;
    return end();
  });
}

function addInboxRoutes(app: FastifyInstance, { ledger }: ControlDeps): void {
  const page = readFileSync(PAGE, 'utf8');
  app.get('/', (_request, reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(page);
  });
  app.get('/counts', () => ledger.counts());
  app.get('/messages', ({ query }) => ledger.messages(parsed(InboxQuery, query)));
  app.delete('/messages', () => {
    ledger.reset();
    return ledger.counts();
  });
}
