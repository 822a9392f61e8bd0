/**
 * A `Date` that also keeps the microseconds within its millisecond, as PostgreSQL does: what was written with six
 * digits of a fraction is read back with six. Everywhere else it is an ordinary Date.
 *
 * @example new Instant(Date.UTC(2099, 0, 1), 456).toISOString() // '2099-01-01T00:00:00.000456Z'
 */
export class Instant extends Date {
  /** @param micros from 0 to 999, on top of the milliseconds */
  constructor(
    milliseconds: number,
    readonly micros = 0,
  ) {
    super(milliseconds);
  }

  /** With three digits of a fraction, or six where there are microseconds. */
  override toISOString(): string {
    const iso = super.toISOString();
    return this.micros === 0 ? iso : iso.replace('Z', `${String(this.micros).padStart(3, '0')}Z`);
  }
}

/**
 * The microseconds that the digits of a second's fraction say beyond its milliseconds.
 *
 * @example microsOf('123456789') // 456
 */
export const microsOf = (fraction: string): number => Number(fraction.padEnd(6, '0').slice(3, 6));
