import { create } from '../migrating/migration.js';

/*
 * An operator can stop all sending. The table has one row while sending is stopped, and none otherwise: workers ask for
 * it with every claim and every renewal.
 *
 * Nobody is granted the new permissions here. A program that may pause its own mailings must not stop everybody's.
 */
export const name = '0016-sending-stop';

const sendingStop = `
CREATE TABLE sending_stop (
  id boolean PRIMARY KEY DEFAULT true CONSTRAINT sending_stop_one_row CHECK (id),
  reason text NOT NULL,
  stopped_by varchar(150) NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO permissions (codename, name)
SELECT verb || '_sending', 'Can ' || verb || ' sending'
FROM (VALUES ('add'), ('change'), ('delete'), ('view')) AS verbs (verb) ORDER BY verb COLLATE "C";
`;

export const steps = [create(sendingStop)];
