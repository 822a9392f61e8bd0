import type { Client, NewClient } from '@showroom/contract';
import type { Client as ClientModel, RowOf } from '@showroom/database';

export const toClient = ({ id, phoneNumber, timezone, codeId, tagId }: RowOf<ClientModel>): Client => ({
  id,
  phone_number: phoneNumber,
  timezone,
  mobile_operator_code: codeId,
  tag: tagId,
});

/** The other way round: only what was given. */
export const toClientColumns = (client: Partial<NewClient>) => ({
  ...(client.phone_number !== undefined && { phoneNumber: client.phone_number }),
  ...(client.timezone !== undefined && { timezone: client.timezone }),
  ...(client.mobile_operator_code !== undefined && { codeId: client.mobile_operator_code }),
  ...(client.tag !== undefined && { tagId: client.tag }),
});
