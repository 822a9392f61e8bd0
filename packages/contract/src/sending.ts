import { z } from 'zod';
import { mutation, query } from './kit/procedure.js';
import { text, timestamp } from './kit/scalars.js';

/** Whether messages are sent at all. `reason`, `by` and `since` are null unless `stopped` is true. */
export const Sending = z
  .object({
    stopped: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it was stopped, as the operator wrote it.' }),
    by: z.string().nullable().meta({ description: 'The username of the operator who stopped it.' }),
    since: timestamp().nullable(),
  })
  .meta({ id: 'Sending' });
export type Sending = z.infer<typeof Sending>;

const SendingStop = z.object({
  reason: text({
    title: 'Reason',
    max: 500,
    description: 'Why sending stops. It is shown to everyone who asks why messages wait.',
  }),
});
export type SendingStop = z.infer<typeof SendingStop>;

export const sending = {
  read: query('sending_read', '/sending/', {
    steers: true,
    summary: 'Read whether all sending is stopped, by whom, since when and why',
    needs: 'view_sending',
    input: z.object({}),
    output: Sending,
  }),
  stop: mutation('sending_stop', 'POST', '/sending/stop/', {
    steers: true,
    summary: 'Stop all sending; no request starts later than one second after the answer',
    needs: 'change_sending',
    status: 200,
    input: SendingStop,
    output: Sending,
  }),
  resume: mutation('sending_resume', 'POST', '/sending/resume/', {
    steers: true,
    summary: 'Resume all sending',
    needs: 'change_sending',
    status: 200,
    input: z.object({}),
    output: Sending,
  }),
};
