import { BelongsTo, Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { Permission } from './Permission.js';
import { timestamptz } from './timestamptz.js';
import { User } from './User.js';

@Table({ tableName: 'tokens', timestamps: false, underscored: true })
export class Token extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare secretHash: string;

  @ForeignKey(() => User)
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare userId: number;

  @BelongsTo(() => User)
  declare user: User;

  @Column({ type: DataType.STRING(150), allowNull: false })
  declare name: string;

  @Column({ type: timestamptz })
  declare createdAt: Date;

  @Column({ type: timestamptz })
  declare expiresAt: Date | null;

  @Column({ type: timestamptz })
  declare lastUsedAt: Date | null;
}

/** What a token may do, as far as its owner may. */
@Table({ tableName: 'token_permissions', timestamps: false, underscored: true })
export class TokenPermission extends Model {
  @ForeignKey(() => Token)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare tokenId: number;

  @ForeignKey(() => Permission)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare permissionId: number;
}
