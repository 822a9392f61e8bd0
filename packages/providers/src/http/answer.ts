/** An answer as far as anybody here asks for it. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** What a connection is good for after an answer. */
export interface After {
  /** It carries no other request. */
  readonly isLast: boolean;
  /** For how long without a request the server said it keeps it open. */
  readonly keptForMs: number | undefined;
}

/** Receives each answer in full, in the order of the requests. */
export type OnAnswer = (answer: HttpAnswer, after: After) => void;

/** The peer speaks no HTTP that we understand, or says too much. */
export class HttpError extends Error {}

/** The answer did not come in time. */
export class LateError extends Error {
  constructor(readonly wasAsked: boolean) {
    super(wasAsked ? 'no answer in time' : 'no connection in time');
  }
}

/** There was no connection: not a byte of the request was written. */
export class NotConnectedError extends Error {}
