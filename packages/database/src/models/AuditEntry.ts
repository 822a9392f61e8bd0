import type { AuditAction } from '@showroom/contract';
import { Column, DataType, Model, Table } from 'sequelize-typescript';
import { timestamptz } from './timestamptz.js';

/** Only ever inserted. */
@Table({ tableName: 'audit', timestamps: false, underscored: true })
export class AuditEntry extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: timestamptz })
  declare at: Date;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare action: AuditAction;

  @Column({ type: DataType.STRING(150), allowNull: false })
  declare username: string;

  /** Whose name that was; no reference: the entry outlives the user. */
  @Column({ type: DataType.BIGINT })
  declare userId: number | null;

  @Column({ type: DataType.BIGINT })
  declare tokenId: number | null;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare address: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare operation: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare resource: string;

  @Column({ type: DataType.TEXT })
  declare rowId: string | null;

  @Column({ type: DataType.JSONB })
  declare old: Record<string, unknown> | null;

  @Column({ type: DataType.JSONB })
  declare new: Record<string, unknown> | null;

  @Column({ type: DataType.TEXT })
  declare reason: string | null;
}
