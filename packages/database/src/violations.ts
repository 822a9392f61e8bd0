import { DatabaseError, ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize';

/** The name of the constraint that a failed write broke, or null when it failed for another reason. */
export function brokenConstraint(error: unknown): string | null {
  const broken = error instanceof UniqueConstraintError || error instanceof ForeignKeyConstraintError;
  if (!broken) return null;
  const { constraint } = error.parent as { constraint?: string };
  return constraint ?? null;
}

/** Whether PostgreSQL undid the transaction because it and another waited for each other. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.parent as { code?: string }).code === '40P01';
