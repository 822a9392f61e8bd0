import type { MobileOperatorCode } from '@showroom/contract';
import type { MobileOperatorCode as CodeRow } from '@showroom/database';

export const toCode = ({ id, code }: CodeRow): MobileOperatorCode => ({ id, code });
