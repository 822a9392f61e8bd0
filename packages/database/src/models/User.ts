import { Column, DataType, Model, Table } from 'sequelize-typescript';

@Table({ tableName: 'users', timestamps: false, underscored: true })
export class User extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: DataType.STRING(150), allowNull: false })
  declare username: string;

  /** An argon2id hash in PHC form; never shown. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare password: string;

  @Column({ type: DataType.DATE })
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

  @Column({ type: DataType.DATE, allowNull: false, defaultValue: DataType.NOW })
  declare dateJoined: Date;
}
