// Starts the thread where the sources run without being built: Node 20 does not hand the loader of TypeScript on to threads.
import { register } from 'tsx/esm/api';

register();
await import('./drawing-thread.ts');
