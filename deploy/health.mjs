import { env } from 'node:process';

// Whether this container answers: a server on PORT, a worker on WATCH_PORT. Whatever the answer is, the process lives;
// whether it can work is a question for /readyz.
const ports = [env.PORT, env.WATCH_PORT].filter(Boolean);
const ask = (port) => fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
Promise.any(ports.map(ask)).then(
  ({ status }) => process.exit(status < 500 ? 0 : 1),
  () => process.exit(1),
);
