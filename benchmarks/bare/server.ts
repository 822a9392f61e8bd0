/*
 * What the REST face is measured against: bare Fastify routes that run the same SQL with pg, check nothing, let everybody
 * in and answer in the same shape.
 */
import { fastify } from 'fastify';
import pg from 'pg';
import { databaseUrl } from './config.js';

interface Row {
  id: string;
  phone_number: string;
  timezone: string;
  code_id: string;
  tag_id: string;
}

const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const toClient = ({ id, phone_number, timezone, code_id, tag_id }: Row) => ({
  id: Number(id),
  phone_number,
  timezone,
  mobile_operator_code: Number(code_id),
  tag: Number(tag_id),
});

const columns = 'id, phone_number, timezone, code_id, tag_id';
const app = fastify();

app.get<{ Params: { id: string } }>('/api/v1/clients/:id/', async ({ params }, reply) => {
  const { rows } = await pool.query<Row>(`SELECT ${columns} FROM clients WHERE id = $1`, [params.id]);
  return rows[0] ? toClient(rows[0]) : reply.code(404).send({ detail: 'Not found.' });
});

app.get<{ Querystring: { limit: string } }>('/api/v1/clients/', async ({ query }) => {
  const { rows } = await pool.query<Row>(`SELECT ${columns} FROM clients ORDER BY id LIMIT $1`, [query.limit]);
  const counted = await pool.query('SELECT coalesce(sum(clients), 0)::float8 AS clients FROM client_counts');
  return { count: counted.rows[0].clients, next: null, previous: null, results: rows.map(toClient) };
});

app.post<{ Body: Record<string, unknown> }>('/api/v1/clients/', async ({ body }, reply) => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<Row>(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
      [body.phone_number, body.timezone, body.mobile_operator_code, body.tag],
    );
    const created = toClient(rows[0]!);
    await client.query(
      `INSERT INTO audit (action, username, address, operation, resource, row_id, new)
       VALUES ('create', 'admin', '127.0.0.1', 'clients_create', 'clients', $1, $2)`,
      [created.id, JSON.stringify(created)],
    );
    await client.query('COMMIT');
    return reply.code(201).send(created);
  } finally {
    client.release();
  }
});

process.send?.({ ready: true, url: await app.listen({ host: '127.0.0.1', port: 0 }) });
