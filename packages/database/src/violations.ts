/** What PostgreSQL says of a failure, whether Sequelize has wrapped it or not. */
interface PostgresError {
  readonly code?: string;
  readonly constraint?: string;
}

const toPostgresError = (error: unknown): PostgresError =>
  (error as { parent?: PostgresError } | undefined)?.parent ?? (error as PostgresError);

const violations = { foreignKey: '23503', unique: '23505' };

/** The name of the constraint that a failed write broke, or null when it failed for another reason. */
export function brokenConstraint(error: unknown): string | null {
  const { code = '', constraint } = toPostgresError(error);
  return Object.values(violations).includes(code) ? (constraint ?? null) : null;
}

/** Whether PostgreSQL undid the transaction because it and another waited for each other. */
const isDeadlock = (error: unknown): boolean => toPostgresError(error).code === '40P01';

const mostDeadlocks = 5;

/** Of those who wait for each other, PostgreSQL undoes one; tried again, it finds the others done. */
export async function unlessDeadlocked<T>(work: () => Promise<T>): Promise<T> {
  for (let deadlocks = 1; ; deadlocks++) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error) || deadlocks === mostDeadlocks) throw error;
    }
  }
}
