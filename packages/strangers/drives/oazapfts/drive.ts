import type { Stage } from '../stage.js';
import { driveAudit, driveSession, driveTokens } from './access.js';
import { driveClients, driveCodes, driveTags } from './audience.js';
import { callAs } from './client.js';
import { driveSteering, driveTimelines } from './delivery.js';
import { driveMailing, driveMessages, driveStatistic } from './mailing.js';
import { driveGroups, driveUsers } from './users.js';

export async function drive(stage: Stage): Promise<void> {
  callAs(stage);
  await driveTags();
  await driveCodes();
  await driveClients();
  await driveMailing();
  await driveMessages();
  await driveStatistic();
  await driveSteering();
  await driveTimelines();
  await driveGroups();
  await driveUsers(stage);
  await driveSession(stage);
  await driveTokens();
  await driveAudit();
}
