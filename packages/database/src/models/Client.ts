import { Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { MobileOperatorCode } from './MobileOperatorCode.js';
import { Tag } from './Tag.js';

@Table({ tableName: 'clients', timestamps: false, underscored: true })
export class Client extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(11), allowNull: false })
  declare phoneNumber: string;

  @Column({ type: DataType.STRING(50), allowNull: false })
  declare timezone: string;

  @ForeignKey(() => MobileOperatorCode)
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare codeId: number;

  @ForeignKey(() => Tag)
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare tagId: number;
}
