import { Column, DataType, Model, Table } from 'sequelize-typescript';

@Table({ tableName: 'tags', timestamps: false })
export class Tag extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(50), allowNull: false })
  declare name: string;
}
