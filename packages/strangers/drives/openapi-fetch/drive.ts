import type { Stage } from '../stage.js';
import { driveAudit, driveSession, driveTokens } from './access.js';
import { driveClients, driveCodes, driveTags } from './audience.js';
import { clientOf } from './client.js';
import { driveSteering, driveTimelines } from './delivery.js';
import { driveMailing, driveMessages, driveStatistic } from './mailing.js';
import { driveGroups, driveUsers } from './users.js';

export async function drive(stage: Stage): Promise<void> {
  const api = clientOf(stage);
  await driveTags(api);
  await driveCodes(api);
  await driveClients(api);
  await driveMailing(api);
  await driveMessages(api);
  await driveStatistic(api);
  await driveSteering(api);
  await driveTimelines(api);
  await driveGroups(api);
  await driveUsers(api, stage);
  await driveSession(api, stage);
  await driveTokens(api, stage);
  await driveAudit(api);
}
