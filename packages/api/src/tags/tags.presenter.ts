import type { Tag } from '@showroom/contract';
import type { Tag as TagRow } from '@showroom/database';

export const toTag = ({ id, name }: TagRow): Tag => ({ id, name });
