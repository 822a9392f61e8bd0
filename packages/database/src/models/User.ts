import { Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { Group } from './Group.js';
import { Permission } from './Permission.js';
import { timestamptz } from './timestamptz.js';

@Table({ tableName: 'users', timestamps: false, underscored: true })
export class User extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(150), allowNull: false })
  declare username: string;

  /** An argon2id hash in PHC form; never shown. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare password: string;

  @Column({ type: timestamptz })
  declare lastLogin: Date | null;

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare isSuperuser: boolean;

  @Column({ type: DataType.STRING(150), allowNull: false, defaultValue: '' })
  declare firstName: string;

  @Column({ type: DataType.STRING(150), allowNull: false, defaultValue: '' })
  declare lastName: string;

  @Column({ type: DataType.STRING(254), allowNull: false, defaultValue: '' })
  declare email: string;

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: false })
  declare isStaff: boolean;

  @Column({ type: DataType.BOOLEAN, allowNull: false, defaultValue: true })
  declare isActive: boolean;

  @Column({ type: timestamptz, allowNull: false, defaultValue: DataType.NOW })
  declare dateJoined: Date;
}

@Table({ tableName: 'user_groups', timestamps: false, underscored: true })
export class UserGroup extends Model {
  @ForeignKey(() => User)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare userId: number;

  @ForeignKey(() => Group)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare groupId: number;
}

/** What a user may do besides what their groups may. */
@Table({ tableName: 'user_permissions', timestamps: false, underscored: true })
export class UserPermission extends Model {
  @ForeignKey(() => User)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare userId: number;

  @ForeignKey(() => Permission)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare permissionId: number;
}
