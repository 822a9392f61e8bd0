import type { JobState } from 'agenda';

/** Which jobs are meant; what is left out does not restrict. */
export interface JobFilter {
  name?: string;
  /** Jobs with one of these names. */
  names?: readonly string[];
  state?: JobState;
  mailing?: number;
}

export interface JobCount {
  readonly name: string;
  readonly state: JobState;
  readonly jobs: number;
}

/** More jobs than this are not counted, but told to be so many: a store that was forgotten may hold millions. */
export const mostCounted = 10_000;

/** How many jobs that ended are kept, for people to look at, and for how long. */
export interface Kept {
  readonly atMost: number;
  readonly forMs: number;
}

/**
 * Looks into a store the way people do. Agenda's own queries load every job that matches and sort out in memory which
 * are wanted; a store that holds a hundred thousand needs these instead.
 */
export interface Catalog {
  /** Whether this could be the id of a job here. */
  isId(text: string): boolean;
  /** The ids of a page of jobs: those that run first, then those that are planned, then those that ended. */
  find(filter: JobFilter, page: { offset: number; limit: number }): Promise<{ ids: string[]; total: number }>;
  /** Of jobs that ended only those with a name of ours. */
  count(): Promise<JobCount[]>;
  /** How long the job that is due for longest has waited to be run, in milliseconds; 0 when none is due. */
  lagMs(): Promise<number>;
  /** Removes jobs that ended and need not be kept, so many at the most. @returns how many it removed */
  trim(kept: Kept, atMost: number): Promise<number>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
