export * from './answers.js';
export * from './browser.js';
export * from './circumstances.js';
export * from './databases.js';
export * from './pooling-proxy.js';
export * from './processes.js';
export * from './proxy.js';
export * from './waiting.js';
