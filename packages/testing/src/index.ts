export * from './databases.js';
export * from './processes.js';
export * from './waiting.js';
