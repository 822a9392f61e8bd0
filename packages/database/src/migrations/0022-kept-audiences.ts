import { change } from '../migrating/migration.js';

/*
 * mailing_audiences tells how many clients of each tag and each code a mailing has reached out to, counted at its start.
 * So a statistic of a mailing that runs, or has just ended, need not look at messages that are all pending, or all expired:
 * they are what is left of the audience. Mailings that started before have no rows here; their messages are looked at.
 */
export const name = '0022-kept-audiences';

const audiences = `
CREATE TABLE mailing_audiences (
  mailing_id bigint NOT NULL REFERENCES mailings ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT mailing_audiences_kind CHECK (kind IN ('tag', 'code')),
  key bigint NOT NULL,
  clients bigint NOT NULL,
  PRIMARY KEY (mailing_id, kind, key)
);
`;

export const steps = [change('mailings', audiences)];
