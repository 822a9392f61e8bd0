import { Column, DataType, Model, Table } from 'sequelize-typescript';
import { timestamptz } from './timestamptz.js';

/** A browser that has signed in: whoever has the secret in its cookie is the user, until the session expires. */
@Table({ tableName: 'sessions', timestamps: false, underscored: true })
export class Session extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare secretHash: string;

  @Column({ type: DataType.BIGINT, allowNull: false })
  declare userId: number;

  @Column({ type: timestamptz, allowNull: false })
  declare expiresAt: Date;
}
