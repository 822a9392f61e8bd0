/** SQL: what lists show of message `msg`. */
export const columns =
  'msg.id, msg.sent_at AS send_date, msg.status, msg.mailing_id AS mailing_list, msg.client_id AS client';
