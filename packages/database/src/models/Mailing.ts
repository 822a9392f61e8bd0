import type { MailingStatus } from '@showroom/contract';
import { Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { MobileOperatorCode } from './MobileOperatorCode.js';
import { Tag } from './Tag.js';
import { timestamptz } from './timestamptz.js';

/** Deleted mailings stay, hidden by `deletedAt`, until their messages are purged. */
@Table({ tableName: 'mailings', underscored: true, timestamps: true, updatedAt: false, paranoid: true })
export class Mailing extends Model {
  @Column({ type: DataType.BIGINT, primaryKey: true, autoIncrement: true })
  declare id: number;

  @Column({ type: timestamptz, allowNull: false })
  declare startAt: Date;

  @Column({ type: timestamptz, allowNull: false })
  declare endAt: Date;

  @Column({ type: DataType.STRING(500), allowNull: false })
  declare text: string;

  @Column({ type: DataType.STRING, allowNull: false, defaultValue: 'scheduled' })
  declare status: MailingStatus;

  /** `HH:MM:SS`; both or none. */
  @Column({ type: DataType.TIME })
  declare sendWindowStart: string | null;

  @Column({ type: DataType.TIME })
  declare sendWindowEnd: string | null;

  @Column({ type: DataType.INTEGER })
  declare sendPerSecond: number | null;

  @Column({ type: timestamptz })
  declare startedAt: Date | null;

  @Column({ type: timestamptz })
  declare finishedAt: Date | null;

  /** Since when its messages are gone, or about to go: they were kept for long enough. */
  @Column({ type: timestamptz })
  declare purgedAt: Date | null;

  /** The request that it came with, or went on with last. */
  @Column({ type: DataType.TEXT })
  declare requestId: string | null;

  /** That request's place in its trace. */
  @Column({ type: DataType.TEXT })
  declare traceParent: string | null;

  /** Whether the filter names tags: a mailing whose last tag was deleted reaches nobody, not everybody. */
  @Column({ type: DataType.BOOLEAN, allowNull: false })
  declare byTag: boolean;

  @Column({ type: DataType.BOOLEAN, allowNull: false })
  declare byCode: boolean;

  /** The names of its filter as of its start, or of its end where it never started; null before. */
  @Column({ type: DataType.ARRAY(DataType.TEXT) })
  declare tagNames: string[] | null;

  @Column({ type: DataType.ARRAY(DataType.TEXT) })
  declare codeNames: string[] | null;

  /** Its messages have the ids from first to last, both null before the start or when the audience is empty. */
  @Column({ type: DataType.BIGINT })
  declare firstMessageId: number | null;

  @Column({ type: DataType.BIGINT })
  declare lastMessageId: number | null;

  /** No columns: whoever reads a mailing adds them, each by a query of its own. A join of both would multiply them. */
  declare tags: Pick<Tag, 'id' | 'name'>[];
  declare codes: Pick<MobileOperatorCode, 'id' | 'code'>[];
}

@Table({ tableName: 'mailing_tags', timestamps: false, underscored: true })
export class MailingTag extends Model {
  @ForeignKey(() => Mailing)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare mailingId: number;

  @ForeignKey(() => Tag)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare tagId: number;
}

@Table({ tableName: 'mailing_codes', timestamps: false, underscored: true })
export class MailingCode extends Model {
  @ForeignKey(() => Mailing)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare mailingId: number;

  @ForeignKey(() => MobileOperatorCode)
  @Column({ type: DataType.BIGINT, primaryKey: true })
  declare codeId: number;
}
