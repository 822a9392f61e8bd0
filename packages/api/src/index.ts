export { ensureFirstSuperuser, type FirstSuperuser } from './access/first-superuser.js';
export type { Deps } from './context.js';
export { failuresPlugin } from './failures.js';
export { httpOptions } from './http.js';
export { apiPlugin } from './plugin.js';
export { createDocument } from './rest/document.js';
export type { AppRouter } from './router.js';
export { defaultSettings, type Settings } from './settings.js';
export { slowBodiesPlugin } from './slow-bodies.js';
