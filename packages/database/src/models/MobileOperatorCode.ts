import { Column, DataType, Model, Table } from 'sequelize-typescript';

@Table({ tableName: 'codes', timestamps: false })
export class MobileOperatorCode extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(50), allowNull: false })
  declare code: string;
}
