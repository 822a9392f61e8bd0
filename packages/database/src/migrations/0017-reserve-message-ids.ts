import { messageIdsLock } from '../locks.js';
import { create } from '../migrating/migration.js';

/*
 * A mailing's message ids are contiguous. A block of them is taken under a lock that is given back at once, and not at the
 * end of the transaction: starts of large mailings do not wait for each other. What a failed start took is a gap.
 */
export const name = '0017-reserve-message-ids';

const reserveIds = `
CREATE FUNCTION reserve_message_ids(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  first_id bigint;
BEGIN
  PERFORM pg_advisory_lock(${messageIdsLock});
  BEGIN
    first_id := nextval('message_ids');
    PERFORM setval('message_ids', first_id + wanted - 1);
  EXCEPTION WHEN OTHERS OR query_canceled THEN
    PERFORM pg_advisory_unlock(${messageIdsLock});
    RAISE;
  END;
  PERFORM pg_advisory_unlock(${messageIdsLock});
  RETURN first_id;
END
$$;
`;

export const steps = [create(reserveIds)];
