export * from './environment.js';
export * from './hosts.js';
export * from './logger.js';
export * from './run-app.js';
export * from './version.js';
