import type { MessageReason, MessageStatus } from '@showroom/contract';
import { Column, DataType, Model, Table } from 'sequelize-typescript';
import { timestamptz } from './timestamptz.js';

/** Written by the dispatch store alone; `clientId` may name a client that was deleted since. */
@Table({ tableName: 'messages', timestamps: false, underscored: true })
export class Message extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare id: number;

  @Column({ type: DataType.BIGINT, allowNull: false })
  declare mailingId: number;

  @Column({ type: DataType.BIGINT, allowNull: false })
  declare clientId: number;

  @Column({ type: DataType.STRING, allowNull: false })
  declare status: MessageStatus;

  /** Why it ended so; null for what is open or was simply sent. */
  @Column({ type: DataType.STRING })
  declare reason: MessageReason | null;

  @Column({ type: timestamptz })
  declare sentAt: Date | null;
}
