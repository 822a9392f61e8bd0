import { runApp } from '@showroom/app';
import { createProbe } from './app.js';
import { parseConfig } from './config.js';

/** Room for thousands of clients that all connect at the same moment. */
const BACKLOG = 4_096;

runApp(async ({ onClose }) => {
  const { host, port, token, faults, hosts } = parseConfig();
  const probe = createProbe({ token, faults, hosts });
  onClose(() => probe.close());
  const url = await probe.listen({ host, port, backlog: BACKLOG });
  return { url, lines: [`The probe listens on ${url}`] };
});
