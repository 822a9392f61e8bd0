import { Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { Permission } from './Permission.js';

@Table({ tableName: 'groups', timestamps: false })
export class Group extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(150), allowNull: false })
  declare name: string;
}

@Table({ tableName: 'group_permissions', timestamps: false, underscored: true })
export class GroupPermission extends Model {
  @ForeignKey(() => Group)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare groupId: number;

  @ForeignKey(() => Permission)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare permissionId: number;
}
