/**
 * Every error the service answers with: code → HTTP status and message. The code's first word is the noun it is about.
 * On tRPC the code stands in `error.data.error`; REST answers with the status and the message its consumers know.
 */
export const errors = {
  'auth.required': { status: 401, message: 'Authentication credentials were not provided.' },
  'auth.failed': { status: 401, message: 'Invalid username/password.' },
  'auth.malformed': { status: 401, message: 'The Authorization header is malformed.' },
  'auth.forbidden': { status: 403, message: 'You do not have permission to perform this action.' },
  'auth.token_failed': { status: 401, message: 'Invalid token.' },
  'auth.other_origin': { status: 403, message: 'CSRF Failed: the request does not come from a page of this server.' },
  'auth.rights': {
    status: 403,
    message: 'You cannot grant permissions that you do not hold, or change users who hold them.',
  },
  'request.throttled': { status: 429, message: 'Request was throttled.' },
  'request.invalid': { status: 400, message: 'Some values were refused.' },
  'request.too_many_fields': { status: 400, message: 'A form may have at most 1,000 fields.' },
  'request.bad_host': {
    status: 400,
    message: 'The Host header must name a host, such as example.com or 10.0.0.1:8005.',
  },
  'request.too_large': { status: 413, message: 'The file is too large.' },
  'request.no_file': { status: 415, message: 'Send the file over REST, as the body of the request.' },
  'request.gone': { status: 499, message: 'The caller closed the connection.' },
  'request.key_reused': {
    status: 409,
    message: 'This Idempotency-Key was used with another body within the last 24 hours. Use a new key.',
  },
  'live.too_many': { status: 429, message: 'Too many live streams are open. Close one first.' },
  'page.not_found': { status: 404, message: 'Invalid page.' },
  'client.file_unreadable': { status: 400, message: 'The file cannot be read.' },
  'client.not_found': { status: 404, message: 'There is no such client.' },
  'import.busy': { status: 503, message: 'Other imports are being written. Try again later.' },
  'import.no_space': {
    status: 507,
    message: 'The temporary folder of the server is full. Try again later, or send a smaller file.',
  },
  'code.not_found': { status: 404, message: 'There is no such mobile operator code.' },
  'code.in_use': { status: 409, message: 'Clients, or mailings that have not ended, use this mobile operator code.' },
  'tag.not_found': { status: 404, message: 'There is no such tag.' },
  'tag.in_use': { status: 409, message: 'Clients, or mailings that have not ended, use this tag.' },
  'mailing.not_found': { status: 404, message: 'There is no such mailing.' },
  'mailing.started': {
    status: 409,
    message: 'The mailing has started. Its start, window, tags and codes can no longer change.',
  },
  'mailing.over': {
    status: 409,
    message: 'The end of the mailing has passed. Nothing more can be sent.',
  },
  'mailing.canceled': { status: 409, message: 'The mailing was canceled. Nothing more is sent.' },
  'mailing.purged': {
    status: 409,
    message: 'The mailing ended long ago. Its messages were removed, and only their counts are kept.',
  },
  'mailing.ended': { status: 409, message: 'The mailing has ended. It can no longer change.' },
  'message.not_found': { status: 404, message: 'There is no such message.' },
  'message.settled': { status: 409, message: 'The message is not unknown, so there is nothing to resolve.' },
  'message.client_deleted': {
    status: 409,
    message: 'The client was deleted, so the message cannot be sent again. Resolve it as sent or failed.',
  },
  'user.not_found': { status: 404, message: 'There is no such user.' },
  'user.last_superuser': {
    status: 409,
    message: 'This is the last active superuser. Make another user a superuser first.',
  },
  'token.not_found': { status: 404, message: 'There is no such token.' },
  'group.not_found': { status: 404, message: 'There is no such group.' },
  'job.not_found': { status: 404, message: 'There is no such job.' },
  'job.store_away': { status: 503, message: 'The job store does not answer. Try again later.' },
  'statistic.busy': { status: 503, message: 'Too many PDFs are waiting to be drawn. Try again later.' },
  'server.database_away': {
    status: 503,
    message: 'The database does not answer. Try again later. If you sent a change, check whether it was made.',
  },
  'server.disk_full': {
    status: 507,
    message:
      'The database cannot be written: its disk is full, or it is read-only. Reading still works. Inform the operator.',
  },
  'server.too_slow': {
    status: 503,
    message: 'The database took too long. Try again later, or ask for less at once.',
  },
  'server.failed': { status: 500, message: 'Internal server error.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errors;
