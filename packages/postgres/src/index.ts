export { type Postgres, type PostgresOptions, startPostgres } from './cluster.js';
