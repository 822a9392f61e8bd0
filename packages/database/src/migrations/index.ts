import type { Migration, OldMigration } from '../migrating/migration.js';
import * as foundation from './0001-foundation.js';
import * as groupsAndPermissions from './0002-groups-and-permissions.js';
import * as access from './0003-access.js';
import * as delivery from './0004-delivery.js';
import * as phoneNumbers from './0005-phone-numbers.js';
import * as counts from './0006-counts.js';
import * as windowsAtFolds from './0007-windows-at-folds.js';
import * as operation from './0008-operation.js';
import * as clientsByFilter from './0009-clients-by-filter.js';
import * as badNumbers from './0011-bad-numbers.js';
import * as asOfTheStart from './0012-as-of-the-start.js';
import * as whoItWas from './0013-who-it-was.js';
import * as timezones from './0014-timezones.js';
import * as workerFaults from './0015-worker-faults.js';
import * as sendingStop from './0016-sending-stop.js';
import * as reserveMessageIds from './0017-reserve-message-ids.js';
import * as releasedRanges from './0018-released-ranges.js';
import * as readsAtSize from './0021-reads-at-size.js';
import * as keptAudiences from './0022-kept-audiences.js';
import * as autovacuum from './0023-autovacuum.js';

/** In the order in which they are applied. What a landed migration does is never changed: add another. */
export const migrations: readonly (Migration | OldMigration)[] = [
  foundation,
  groupsAndPermissions,
  access,
  delivery,
  phoneNumbers,
  counts,
  windowsAtFolds,
  operation,
  clientsByFilter,
  badNumbers,
  asOfTheStart,
  whoItWas,
  timezones,
  workerFaults,
  sendingStop,
  reserveMessageIds,
  releasedRanges,
  readsAtSize,
  keptAudiences,
  autovacuum,
];
