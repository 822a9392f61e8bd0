// Made from the contract by `npm run sdk`; not to be edited.

export interface AuditListFilter {
  user?: string | undefined;
  user_id?: number | undefined;
  action?: 'create' | 'update' | 'delete' | 'login' | 'logout' | 'refuse' | undefined;
  resource?: string | undefined;
  row?: string | undefined;
  since?: Date | string | undefined;
  until?: Date | string | undefined;
}

export interface AuditEntry {
  id: number;
  at: Date;
  action: 'create' | 'update' | 'delete' | 'login' | 'logout' | 'refuse';
  /** The username at that time; for a refused sign-in, the username that was tried. */
  user: string;
  /** The id of the user, which stays when the name changes. Null for entries by the server, for tried names that nobody has, and for entries older than this field. */
  user_id: number | null;
  /** The id of the token, if the caller used one. */
  token: number | null;
  /** The network address that the request came from. */
  address: string;
  /** The operationId of the call. */
  operation: string;
  /** The resource of the row: `tags`, `mailing`. */
  resource: string;
  /** The id of the row. */
  row: string | null;
  /** The deleted row, or the changed fields before the change. */
  old: Record<string, unknown> | null;
  /** What was created, or the changed fields as they are since. */
  new: Record<string, unknown> | null;
  /** The error code of the refusal. */
  reason: string | null;
}

export interface AuthLoginInput {
  username: string;
  password: string;
}

export interface Me {
  id: number;
  last_login: Date | null;
  /** Designates that this user has all permissions without explicitly assigning them. */
  is_superuser: boolean;
  /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
  username: string;
  first_name: string;
  last_name: string;
  email: string;
  /** Designates whether the user can log into this admin site. */
  is_staff: boolean;
  /** Designates whether this user should be treated as active. Unselect this instead of deleting accounts. */
  is_active: boolean;
  date_joined: Date;
  /** The groups this user belongs to. A user will get all permissions granted to each of their groups. */
  groups: number[];
  /** Specific permissions for this user. */
  user_permissions: number[];
  /** The codenames of the caller’s permissions. A superuser who signed in with a password may do everything. */
  permissions: string[];
}

export interface AuthMePartialUpdateInput {
  first_name?: string | undefined;
  last_name?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
}

export interface ClientsListFilter {
  phone_number?: string | undefined;
  mobile_operator_code?: number | undefined;
  tag?: number | undefined;
}

export interface Client {
  id: number;
  phone_number: string;
  timezone: string;
  mobile_operator_code: number;
  tag: number;
}

export interface ClientsCreateInput {
  phone_number: string;
  timezone: string;
  mobile_operator_code: number;
  tag: number;
}

export interface ClientsImportInput {
  /** What to do with a row whose phone number a client has already: `add` one more client, `update` every client with that number, or `skip` the row. REST adds if nothing is said; the SDK and the CLI skip. With `update` and `skip` the same file can be imported again; of rows with the same number the last one counts. */
  known?: 'add' | 'update' | 'skip' | undefined;
}

export interface ImportReport {
  /** How many lines the file has, with its header. */
  lines: number;
  /** How many lines the header has, with a line that names the delimiter. NDJSON has none. */
  header: number;
  /** How many lines have no values. */
  blank: number;
  /** How many lines continue a quoted value that begins on an earlier line. */
  continued: number;
  /** How many rows the file has. Each line that a broken quote makes unreadable is a row. */
  rows: number;
  /** How many clients were created. */
  created: number;
  /** How many rows changed existing clients. */
  updated: number;
  /** How many rows changed nothing: the number was known, a later row has it, or the client has these values already. */
  skipped: number;
  /** How many rows were refused. */
  refused: number;
  /** In how many rows the phone number was cleaned of `+`, blanks, dashes, brackets, a leading apostrophe or invisible marks. Refused rows count, too. */
  normalized: number;
  /** How many rows have a warning. Refused rows count, too. */
  warned: number;
  /** How many rows that were not refused repeat the phone number of an earlier row. */
  repeated_in_file: number;
  /** How many rows that were not refused have a phone number that a client had before the import. */
  already_known: number;
  /** Why rows were refused, in the order of the rows; the first 1000. */
  errors: {
    /** The row: 1 is the first below the header. Blank lines do not count. */
    row: number;
    /** The line of the file on which the row begins: 1 is the first. Every line counts. */
    line: number;
    /** Field → what is wrong with it. `row`: what is wrong with the whole row. */
    errors: Record<string, string[]>;
    /** Field → its value as the file gives it, at most 50 characters. `row`: the beginning of a row that has no fields. */
    values: Record<string, string>;
  }[];
  /** Which values may be wrong, in the order of the rows; the first 1000. */
  warnings: {
    /** The row: 1 is the first below the header. Blank lines do not count. */
    row: number;
    /** The line of the file on which the row begins: 1 is the first. Every line counts. */
    line: number;
    /** Field → why its value may be wrong. */
    warnings: Record<string, string[]>;
    /** Field → its value as the file gives it, at most 50 characters. `row`: the beginning of a row that has no fields. */
    values: Record<string, string>;
  }[];
}

export interface ClientsUpdateInput {
  phone_number: string;
  timezone: string;
  mobile_operator_code: number;
  tag: number;
}

export interface ClientsPartialUpdateInput {
  phone_number?: string | undefined;
  timezone?: string | undefined;
  mobile_operator_code?: number | undefined;
  tag?: number | undefined;
}

export interface CodesListFilter {
  code?: string | undefined;
}

export interface MobileOperatorCode {
  id: number;
  code: string;
}

export interface CodesCreateInput {
  code: string;
}

export interface CodesUpdateInput {
  code: string;
}

export interface CodesPartialUpdateInput {
  code?: string | undefined;
}

export interface Group {
  id: number;
  name: string;
  /** The permissions that every user of this group has. */
  permissions: number[];
}

export interface GroupsCreateInput {
  name: string;
  permissions?: number[] | undefined;
}

export interface GroupsUpdateInput {
  name: string;
  permissions?: number[] | undefined;
}

export interface GroupsPartialUpdateInput {
  name?: string | undefined;
  permissions?: number[] | undefined;
}

export interface JobsListFilter {
  status?: 'running' | 'scheduled' | 'queued' | 'failed' | 'repeating' | 'completed' | undefined;
  name?: string | undefined;
  mailing?: number | undefined;
}

export interface Job {
  id: string;
  /** The kind of job: `mailing.start`, `mailing.send`, `mailing.finish`, … */
  name: string;
  status: 'running' | 'scheduled' | 'queued' | 'failed' | 'repeating' | 'completed';
  /** The id of the mailing, if the job belongs to one. */
  mailing: number | null;
  /** The lane of the mailing, for a `mailing.send`. */
  lane: number | null;
  next_run: Date | null;
  last_run: Date | null;
  last_finished: Date | null;
  /** How many times it has failed. */
  failures: number;
  /** The error of the last failure. */
  last_error: string | null;
  /** The worker that runs it or ran it last: host, process and a random word. */
  worker: string | null;
}

export interface MailingListFilter {
  tag?: string | undefined;
  code?: string | undefined;
}

export interface MailingList {
  id: number;
  start_notification_date: Date;
  end_notification_date: Date;
  text: string;
  tags: string[];
  codes: string[];
  send_window_start: string | null;
  send_window_end: string | null;
  send_per_second: number | null;
  status: 'scheduled' | 'running' | 'paused' | 'completed' | 'canceled' | 'expired';
}

export interface MailingCreateInput {
  tags: string[];
  codes: string[];
  start_notification_date: Date | string | 'now';
  end_notification_date: Date | string;
  text: string;
  send_window_start?: string | null | undefined;
  send_window_end?: string | null | undefined;
  send_per_second?: number | null | undefined;
}

export interface MailingListCreateUpdate {
  id: number;
  tags: string[];
  codes: string[];
  start_notification_date: Date;
  end_notification_date: Date;
  text: string;
  send_window_start: string | null;
  send_window_end: string | null;
  send_per_second: number | null;
  status: 'scheduled' | 'running' | 'paused' | 'completed' | 'canceled' | 'expired';
}

export interface MailingUpdateInput {
  tags: string[];
  codes: string[];
  start_notification_date: Date | string | 'now';
  end_notification_date: Date | string;
  text: string;
  send_window_start?: string | null | undefined;
  send_window_end?: string | null | undefined;
  send_per_second?: number | null | undefined;
}

export interface MailingPartialUpdateInput {
  tags?: string[] | undefined;
  codes?: string[] | undefined;
  start_notification_date?: Date | string | 'now' | undefined;
  end_notification_date?: Date | string | undefined;
  text?: string | undefined;
  send_window_start?: string | null | undefined;
  send_window_end?: string | null | undefined;
  send_per_second?: number | null | undefined;
}

export interface Reopened {
  /** How many messages were reopened. */
  messages: number;
  mailing: MailingList;
}

export interface MailingResolveInput {
  as: 'retry' | 'sent' | 'failed';
}

export interface MailingPreviewInput {
  tags: string[];
  codes: string[];
  start_notification_date: Date | string | 'now';
  end_notification_date: Date | string;
  text: string;
  send_window_start?: string | null | undefined;
  send_window_end?: string | null | undefined;
  send_per_second?: number | null | undefined;
}

export interface SmsParts {
  encoding: 'GSM-7' | 'UCS-2';
  /** As the encoding counts them. */
  characters: number;
  /** How many short messages one text takes. */
  parts: number;
  /** The same for the whole audience. */
  total_parts: number;
}

export interface MailingPreview {
  /** How many clients match by now. */
  audience: number;
  /** Some of them; none for a caller who may not view clients. */
  sample: {
    id: number;
    phone_number: string;
    timezone: string;
  }[];
  /** Every tag in the audience, the largest first. */
  by_tag: {
    name: string;
    clients: number;
  }[];
  /** Every code in the audience, the largest first. */
  by_code: {
    code: string;
    clients: number;
  }[];
  /** How many of them have a phone number that the provider is not asked for: their messages are canceled. */
  bad_numbers: number;
  /** How many of them have a time zone that is unknown. If the mailing has a window, their messages are canceled. */
  bad_timezones: number;
  /** How many of them have an abbreviation as time zone. A warning says how each is read. */
  ambiguous_timezones: number;
  sms: SmsParts;
  /** How many messages a mailing that has started has left to send. The time and the misses are theirs. Null before the start. */
  left: number | null;
  /** The rate that was reckoned with; null when none is known. */
  per_second: number | null;
  /** Where the rate comes from: what this mailing sent within the last minute, a limit, or what the last mailing reached. */
  rate_from: 'this_mailing' | 'mailing' | 'provider' | 'last_mailing' | 'none';
  /** When the last of what is in time would be sent; null when no rate is known, nothing is left, or nothing is in time. */
  finishes_at: Date | null;
  /** From the start, or from now if that is past, to then. */
  seconds: number | null;
  /** How many would not be sent before the end (with a window: nor within 400 days). */
  misses: number;
  /** Those of them whose window opens at no time before the end. */
  misses_window: number;
  /** What is wrong with the mailing as it is now, in sentences. */
  warnings: string[];
}

export interface MailingExplainInput {
  /** The id of a client. */
  client: number;
}

export interface MessageEvent {
  at: Date;
  event:
    | 'expanded'
    | 'accepted'
    | 'refused'
    | 'busy'
    | 'unknown'
    | 'canceled'
    | 'expired'
    | 'worker_died'
    | 'retried'
    | 'settled';
  /** The number of the attempt, from 1. */
  attempt: number | null;
  /** The HTTP status of the provider’s answer. */
  http_status: number | null;
  /** The provider’s own code in its answer. */
  code: number | null;
  /** How long the provider took to answer, in milliseconds. */
  latency_ms: number | null;
  detail: string;
}

export interface MessageTimeline {
  id: number;
  send_date: Date | null;
  status: 'pending' | 'sent' | 'failed' | 'expired' | 'canceled' | 'unknown';
  mailing_list: number;
  client: number;
  /** The current number; null when the client was deleted. */
  phone_number: string | null;
  reason:
    | 'refused'
    | 'no_answer'
    | 'worker_died'
    | 'end'
    | 'window'
    | 'client_deleted'
    | 'bad_number'
    | 'bad_timezone'
    | 'mailing_canceled'
    | 'operator'
    | null;
  /** The reason as a sentence. */
  explanation: string;
  /** Time of the next attempt; null once the message is final. */
  due_at: Date | null;
  events: MessageEvent[];
}

export interface Explanation {
  mailing: number;
  client: number;
  /** Null when the mailing has not started, or its messages were removed. */
  in_audience: boolean | null;
  because:
    | 'is_in_the_audience'
    | 'mailing_not_started'
    | 'no_such_client'
    | 'other_tag'
    | 'other_code'
    | 'other_tag_and_code'
    | 'matches_since'
    | 'messages_removed'
    | 'expired_before_start'
    | 'canceled_before_start';
  /** The reason as a sentence. */
  explanation: string;
  message: MessageTimeline | null;
}

export interface MessagesListFilter {
  mailing_list?: number | undefined;
  client?: number | undefined;
  status?: 'pending' | 'sent' | 'failed' | 'expired' | 'canceled' | 'unknown' | undefined;
}

export interface Message {
  id: number;
  send_date: Date | null;
  status: 'pending' | 'sent' | 'failed' | 'expired' | 'canceled' | 'unknown';
  mailing_list: number;
  client: number;
}

export interface MessagesResolveInput {
  as: 'retry' | 'sent' | 'failed';
}

export interface Permission {
  id: number;
  codename: string;
  name: string;
}

export interface Provider {
  name: string;
  state: 'closed' | 'open' | 'half_open';
  /** Whether the provider fails, or refuses our token. */
  fault: 'provider' | 'credentials' | null;
  /** The answer that made requests stop. */
  detail: string | null;
  opened_at: Date | null;
  /** Time of the next trial request. */
  probe_at: Date | null;
  /** How many times in a row requests were stopped. */
  times_opened: number;
  /** Workers that stopped sending because of a fault of their own, such as a wrong token. */
  workers: {
    /** Host and process. */
    name: string;
    fault: 'provider' | 'credentials';
    since: Date;
  }[];
  /** The limit SEND_PER_SECOND; null when there is none. */
  per_second: number | null;
}

export interface Sending {
  stopped: boolean;
  /** Why it was stopped, as the operator wrote it. */
  reason: string | null;
  /** The username of the operator who stopped it. */
  by: string | null;
  since: Date | null;
}

export interface SendingStopInput {
  /** Why sending stops. It is shown to everyone who asks why messages wait. */
  reason: string;
}

export interface StatisticListInput {
  page?: number | undefined;
  limit?: number | undefined;
  after?: number | undefined;
}

export interface MessageCounts {
  total: number;
  pending: number;
  sent: number;
  failed: number;
  expired: number;
  canceled: number;
  unknown: number;
}

export interface MailingStatistic {
  id: number;
  status: 'scheduled' | 'running' | 'paused' | 'completed' | 'canceled' | 'expired';
  start_notification_date: Date;
  end_notification_date: Date;
  text: string;
  messages: MessageCounts;
}

export interface Statistic {
  mailings: number;
  clients: number;
  messages: MessageCounts;
  /** Whether all sending is stopped: see `/sending/`. */
  sending_stopped: boolean;
  results: MailingStatistic[];
}

export interface MailingStatisticDetail {
  id: number;
  status: 'scheduled' | 'running' | 'paused' | 'completed' | 'canceled' | 'expired';
  start_notification_date: Date;
  end_notification_date: Date;
  text: string;
  messages: MessageCounts;
  /** Whether all sending is stopped: see `/sending/`. */
  sending_stopped: boolean;
  by_tag: {
    name: string | null;
    messages: MessageCounts;
  }[];
  by_code: {
    code: string | null;
    messages: MessageCounts;
  }[];
  first_sent: Date | null;
  last_sent: Date | null;
  per_minute: {
    minute: Date;
    sent: number;
  }[];
}

export interface TagsListFilter {
  name?: string | undefined;
}

export interface Tag {
  id: number;
  name: string;
}

export interface TagsCreateInput {
  name: string;
}

export interface TagsUpdateInput {
  name: string;
}

export interface TagsPartialUpdateInput {
  name?: string | undefined;
}

export interface Token {
  id: number;
  /** What the token is for. */
  name: string;
  /** The username of its owner. */
  user: string;
  /** The ids of its permissions. A permission that the owner does not hold has no effect. */
  permissions: number[];
  created_at: Date;
  expires_at: Date | null;
  /** The time of the last call, to the minute. */
  last_used_at: Date | null;
}

export interface TokensCreateInput {
  /** What the token is for. */
  name: string;
  /** The ids of its permissions. A permission that the owner does not hold has no effect. */
  permissions: number[];
  expires_at?: Date | string | null | undefined;
}

export interface CreatedToken {
  id: number;
  /** What the token is for. */
  name: string;
  /** The username of its owner. */
  user: string;
  /** The ids of its permissions. A permission that the owner does not hold has no effect. */
  permissions: number[];
  created_at: Date;
  expires_at: Date | null;
  /** The time of the last call, to the minute. */
  last_used_at: Date | null;
  /** Send it as `Authorization: Bearer …`. It is shown only once; the server keeps only its hash. */
  token: string;
}

export interface User {
  id: number;
  last_login: Date | null;
  /** Designates that this user has all permissions without explicitly assigning them. */
  is_superuser: boolean;
  /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
  username: string;
  first_name: string;
  last_name: string;
  email: string;
  /** Designates whether the user can log into this admin site. */
  is_staff: boolean;
  /** Designates whether this user should be treated as active. Unselect this instead of deleting accounts. */
  is_active: boolean;
  date_joined: Date;
  /** The groups this user belongs to. A user will get all permissions granted to each of their groups. */
  groups: number[];
  /** Specific permissions for this user. */
  user_permissions: number[];
}

export interface UsersCreateInput {
  last_login?: Date | string | null | undefined;
  is_superuser?: boolean | undefined;
  /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
  username: string;
  first_name?: string | undefined;
  last_name?: string | undefined;
  email?: string | undefined;
  is_staff?: boolean | undefined;
  is_active?: boolean | undefined;
  date_joined?: Date | string | undefined;
  groups?: number[] | undefined;
  user_permissions?: number[] | undefined;
  password: string;
}

export interface UsersUpdateInput {
  last_login?: Date | string | null | undefined;
  is_superuser?: boolean | undefined;
  /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
  username: string;
  first_name?: string | undefined;
  last_name?: string | undefined;
  email?: string | undefined;
  is_staff?: boolean | undefined;
  is_active?: boolean | undefined;
  date_joined?: Date | string | undefined;
  groups?: number[] | undefined;
  user_permissions?: number[] | undefined;
  password: string;
}

export interface UsersPartialUpdateInput {
  last_login?: Date | string | null | undefined;
  is_superuser?: boolean | undefined;
  username?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
  email?: string | undefined;
  is_staff?: boolean | undefined;
  is_active?: boolean | undefined;
  date_joined?: Date | string | undefined;
  groups?: number[] | undefined;
  user_permissions?: number[] | undefined;
  password?: string | undefined;
}
