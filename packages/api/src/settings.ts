/** What an operator may choose about who and what is let in. */
export interface Settings {
  /** How many characters a new password has at least. */
  readonly passwordMinLength: number;
  /** How many wrong passwords an address may try for one account within five minutes. */
  readonly wrongPasswords: number;
  /** How long a session lives after its last use, in milliseconds. */
  readonly sessionMs: number;
  /** How many calls a token may make within a minute. */
  readonly tokenCallsPerMinute: number;
  /** How large a file of clients may be. */
  readonly importMaxBytes: number;
  /** How many live streams one user may have open. */
  readonly liveStreamsPerUser: number;
  /** How many live streams may be open in one process. */
  readonly liveStreams: number;
  /** How many imports write to the database at a time. */
  readonly importsAtOnce: number;
  /** How long an import waits before it may write, in milliseconds. */
  readonly importWaitMs: number;
  /** How large the temporary files of all imports may be together. */
  readonly importSpoolBytes: number;
}

export const defaultSettings: Settings = {
  passwordMinLength: 1,
  wrongPasswords: 10,
  sessionMs: 12 * 3_600_000,
  tokenCallsPerMinute: 6_000,
  importMaxBytes: 512 * 1024 * 1024,
  liveStreamsPerUser: 20,
  liveStreams: 1_000,
  importsAtOnce: 2,
  importWaitMs: 60_000,
  importSpoolBytes: 1024 * 1024 * 1024,
};
