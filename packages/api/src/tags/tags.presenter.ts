import type { Tag } from '@showroom/contract';
import type { RowOf, Tag as TagRow } from '@showroom/database';

export const toTag = ({ id, name }: RowOf<TagRow>): Tag => ({ id, name });
