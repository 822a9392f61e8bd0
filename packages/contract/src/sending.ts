import { z } from 'zod';
import { mutation, query } from './kit/procedure.js';
import { text, timestamp } from './kit/scalars.js';

/** Whether messages are sent at all. `reason`, `by` and `since` are null unless `stopped` is true. */
export const Sending = z
  .object({
    stopped: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it was stopped, in the words of who did it.' }),
    by: z.string().nullable().meta({ description: 'The username of who stopped it.' }),
    since: timestamp().nullable(),
  })
  .meta({ id: 'Sending' });
export type Sending = z.infer<typeof Sending>;

const SendingStop = z.object({
  reason: text({
    title: 'Reason',
    max: 500,
    description: 'Why sending stops. Everybody who looks for the cause reads it.',
  }),
});
export type SendingStop = z.infer<typeof SendingStop>;

export const sending = {
  read: query('sending_read', '/sending/', {
    steers: true,
    summary: 'Tell whether sending is stopped, and by whom, since when and why',
    needs: 'view_sending',
    input: z.object({}),
    output: Sending,
  }),
  stop: mutation('sending_stop', 'POST', '/sending/stop/', {
    steers: true,
    summary: 'Stop all sending: no request starts later than a second after the answer',
    needs: 'change_sending',
    status: 200,
    input: SendingStop,
    output: Sending,
  }),
  resume: mutation('sending_resume', 'POST', '/sending/resume/', {
    steers: true,
    summary: 'Go on with all sending',
    needs: 'change_sending',
    status: 200,
    input: z.object({}),
    output: Sending,
  }),
};
