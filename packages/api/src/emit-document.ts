import { writeFileSync } from 'node:fs';
import { createDocument } from './rest/document.js';

/** Run by `npm run openapi`: writes the document that is checked in, and that a test holds against the router. */
writeFileSync(new URL('../../../docs/openapi.json', import.meta.url), `${JSON.stringify(createDocument(), null, 2)}\n`);
