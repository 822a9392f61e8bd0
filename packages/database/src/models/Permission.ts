import { Column, DataType, Model, Table } from 'sequelize-typescript';

/** Written by migrations alone: four for each resource. */
@Table({ tableName: 'permissions', timestamps: false })
export class Permission extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(100), allowNull: false })
  declare codename: string;

  @Column({ type: DataType.STRING(255), allowNull: false })
  declare name: string;
}
