import { ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize';

/** The name of the constraint that a failed write broke, or null when it failed for another reason. */
export function brokenConstraint(error: unknown): string | null {
  const broken = error instanceof UniqueConstraintError || error instanceof ForeignKeyConstraintError;
  if (!broken) return null;
  const { constraint } = error.parent as { constraint?: string };
  return constraint ?? null;
}
