export * from './backoff.js';
export * from './clock.js';
export * from './dispatcher.js';
export * from './logger.js';
export * from './observer.js';
export * from './provider.js';
export * from './settings.js';
export * from './store.js';
