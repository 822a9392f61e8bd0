export {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  ShowroomError,
  TimeoutError,
  TooLargeError,
  ValidationError,
} from './errors.js';
export type * from './generated/surface.js';
export type * from './generated/types.js';
export type { ImportCall, ImportOptions } from './import/import-call.js';
export type { ImportProgress, ImportSource } from './import/source.js';
export type { List, Page, PageAfter, PageNumber, Rows } from './list.js';
export type { CallOptions, ShowroomOptions, WriteOptions } from './options.js';
export { createShowroom, type Showroom } from './showroom.js';
export type { MailingWatching, Progress, WatchOptions } from './watch.js';
