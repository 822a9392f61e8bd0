import type { MobileOperatorCode } from '@showroom/contract';
import type { MobileOperatorCode as CodeRow, RowOf } from '@showroom/database';

export const toCode = ({ id, code }: RowOf<CodeRow>): MobileOperatorCode => ({ id, code });
