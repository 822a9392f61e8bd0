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
  ...('phone_number' in client && { phoneNumber: client.phone_number }),
  ...('timezone' in client && { timezone: client.timezone }),
  ...('mobile_operator_code' in client && { codeId: client.mobile_operator_code }),
  ...('tag' in client && { tagId: client.tag }),
});
