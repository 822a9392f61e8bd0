// Made from the contract by `npm run sdk`; not to be edited.

import type { ImportCall } from '../import/import-call.js';
import type { List } from '../list.js';
import type { CallOptions, WriteOptions } from '../options.js';
import type { MailingWatching } from '../watch.js';
import type {
  AuditEntry,
  AuditListFilter,
  AuthLoginInput,
  AuthMePartialUpdateInput,
  Client,
  ClientsCreateInput,
  ClientsListFilter,
  ClientsPartialUpdateInput,
  ClientsUpdateInput,
  CodesCreateInput,
  CodesListFilter,
  CodesPartialUpdateInput,
  CodesUpdateInput,
  CreatedToken,
  Explanation,
  Group,
  GroupsCreateInput,
  GroupsPartialUpdateInput,
  GroupsUpdateInput,
  Job,
  JobsListFilter,
  MailingCreateInput,
  MailingExplainInput,
  MailingList,
  MailingListCreateUpdate,
  MailingListFilter,
  MailingPartialUpdateInput,
  MailingPreview,
  MailingPreviewInput,
  MailingResolveInput,
  MailingStatisticDetail,
  MailingUpdateInput,
  Me,
  Message,
  MessagesListFilter,
  MessagesResolveInput,
  MessageTimeline,
  MobileOperatorCode,
  Permission,
  Provider,
  Reopened,
  Sending,
  SendingStopInput,
  Statistic,
  StatisticListInput,
  Tag,
  TagsCreateInput,
  TagsListFilter,
  TagsPartialUpdateInput,
  TagsUpdateInput,
  Token,
  TokensCreateInput,
  User,
  UsersCreateInput,
  UsersPartialUpdateInput,
  UsersUpdateInput,
} from './types.js';

/** Who did what, and when. */
export interface AuditResource {
  /**
   * List audit entries, the latest first. Needs `view_audit`.
   *
   * @example
   * for await (const row of showroom.audit.list.all()) console.log(row.id);
   */
  readonly list: List<AuditEntry, AuditListFilter>;
}
/** Signing in, and the account of whoever calls. */
export interface AuthResource {
  /**
   * Sign in, and set a session cookie.
   *
   * @example
   * await showroom.auth.login({ username: 'ivan', password: 'a long one' });
   */
  login(input: AuthLoginInput, options?: CallOptions): Promise<Me>;

  /**
   * Sign out, and end the session of the cookie. For every user.
   *
   * @example
   * await showroom.auth.logout();
   */
  logout(options?: CallOptions): Promise<void>;

  /**
   * Read your own account and permissions. For every user.
   *
   * @example
   * await showroom.auth.me();
   */
  me(options?: CallOptions): Promise<Me>;

  /**
   * Change your own name, e-mail or password. For every user.
   *
   * @example
   * await showroom.auth.changeMe({ first_name: 'Ivan' });
   */
  changeMe(input?: AuthMePartialUpdateInput, options?: CallOptions): Promise<Me>;
}
/** People who can be reached. */
export interface ClientsResource {
  /**
   * List clients, optionally by phone number, mobile operator code or tag. Needs `view_client`.
   *
   * @example
   * for await (const row of showroom.clients.list.all()) console.log(row.id);
   */
  readonly list: List<Client, ClientsListFilter>;

  /**
   * Create a client. Needs `add_client`.
   *
   * @example
   * await showroom.clients.create({ phone_number: '79001234567', timezone: 'Europe/Moscow', mobile_operator_code: 12, tag: 12 });
   */
  create(input: ClientsCreateInput, options?: WriteOptions): Promise<Client>;

  /**
   * Import clients from a CSV or NDJSON file. Needs `add_client`. A number that a client has already is skipped, unless `known` says otherwise.
   *
   * @throws ConflictError import.busy, import.no_space
   * @example
   * await showroom.clients.import([{ phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 }]);
   */
  readonly import: ImportCall;

  /**
   * Read a client. Needs `view_client`.
   *
   * @example
   * await showroom.clients.read(12);
   */
  read(id: number, options?: CallOptions): Promise<Client>;

  /**
   * Change a client. Needs `change_client`.
   *
   * @example
   * await showroom.clients.update(12, { phone_number: '79001234567', timezone: 'Europe/Moscow', mobile_operator_code: 12, tag: 12 });
   */
  update(id: number, input: ClientsUpdateInput, options?: CallOptions): Promise<Client>;

  /**
   * Change some fields of a client. Needs `change_client`.
   *
   * @example
   * await showroom.clients.partialUpdate(12, { phone_number: '79001234567' });
   */
  partialUpdate(id: number, input?: ClientsPartialUpdateInput, options?: CallOptions): Promise<Client>;

  /**
   * Delete a client; the history of its messages stays. Needs `delete_client`.
   *
   * @example
   * await showroom.clients.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;
}
/** Mobile operator codes. */
export interface CodesResource {
  /**
   * List mobile operator codes, optionally by code. Needs `view_code`.
   *
   * @example
   * for await (const row of showroom.codes.list.all()) console.log(row.id);
   */
  readonly list: List<MobileOperatorCode, CodesListFilter>;

  /**
   * Create a mobile operator code. Needs `add_code`.
   *
   * @example
   * await showroom.codes.create({ code: '900' });
   */
  create(input: CodesCreateInput, options?: CallOptions): Promise<MobileOperatorCode>;

  /**
   * Read a mobile operator code. Needs `view_code`.
   *
   * @example
   * await showroom.codes.read(12);
   */
  read(id: number, options?: CallOptions): Promise<MobileOperatorCode>;

  /**
   * Change a mobile operator code. Needs `change_code`.
   *
   * @example
   * await showroom.codes.update(12, { code: '900' });
   */
  update(id: number, input: CodesUpdateInput, options?: CallOptions): Promise<MobileOperatorCode>;

  /**
   * Change some fields of a mobile operator code. Needs `change_code`.
   *
   * @example
   * await showroom.codes.partialUpdate(12, { code: '900' });
   */
  partialUpdate(id: number, input?: CodesPartialUpdateInput, options?: CallOptions): Promise<MobileOperatorCode>;

  /**
   * Delete a mobile operator code that no client and no open mailing uses. Needs `delete_code`.
   *
   * @throws ConflictError code.in_use
   * @example
   * await showroom.codes.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;
}
/** Groups of users who share permissions. */
export interface GroupsResource {
  /**
   * List groups. Needs `view_group`.
   *
   * @example
   * for await (const row of showroom.groups.list.all()) console.log(row.id);
   */
  readonly list: List<Group, object>;

  /**
   * Create a group. Needs `add_group`.
   *
   * @example
   * await showroom.groups.create({ name: 'vip' });
   */
  create(input: GroupsCreateInput, options?: CallOptions): Promise<Group>;

  /**
   * Read a group. Needs `view_group`.
   *
   * @example
   * await showroom.groups.read(12);
   */
  read(id: number, options?: CallOptions): Promise<Group>;

  /**
   * Change a group. Needs `change_group`.
   *
   * @example
   * await showroom.groups.update(12, { name: 'vip' });
   */
  update(id: number, input: GroupsUpdateInput, options?: CallOptions): Promise<Group>;

  /**
   * Change some fields of a group. Needs `change_group`.
   *
   * @example
   * await showroom.groups.partialUpdate(12, { name: 'vip' });
   */
  partialUpdate(id: number, input?: GroupsPartialUpdateInput, options?: CallOptions): Promise<Group>;

  /**
   * Delete a group; its users stay. Needs `delete_group`.
   *
   * @example
   * await showroom.groups.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;
}
/** What wakes the workers. */
export interface JobsResource {
  /**
   * List jobs: running, then planned, then ended; `count` stops at 10,000. Needs `view_job`.
   *
   * @throws ConflictError job.store_away
   * @example
   * for await (const row of showroom.jobs.list.all()) console.log(row.id);
   */
  readonly list: List<Job, JobsListFilter, 'by page'>;

  /**
   * Read a job. Needs `view_job`.
   *
   * @throws ConflictError job.store_away
   * @example
   * await showroom.jobs.read('12');
   */
  read(id: string, options?: CallOptions): Promise<Job>;
}
/** One text to one audience between two moments. */
export interface MailingResource extends MailingWatching {
  /**
   * List mailings, optionally by the name of a tag or a code. Needs `view_mailing`.
   *
   * @example
   * for await (const row of showroom.mailing.list.all()) console.log(row.id);
   */
  readonly list: List<MailingList, MailingListFilter>;

  /**
   * Create a mailing, which starts by itself at its start. Needs `add_mailing`.
   *
   * @example
   * await showroom.mailing.create({ tags: ['vip'], codes: [], start_notification_date: 'now', end_notification_date: new Date(Date.now() + 3_600_000), text: 'Come and see' });
   */
  create(input: MailingCreateInput, options?: WriteOptions): Promise<MailingListCreateUpdate>;

  /**
   * Read a mailing. Needs `view_mailing`.
   *
   * @example
   * await showroom.mailing.read(12);
   */
  read(id: number, options?: CallOptions): Promise<MailingList>;

  /**
   * Change a mailing. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.started, mailing.ended
   * @example
   * await showroom.mailing.update(12, { tags: ['vip'], codes: [], start_notification_date: 'now', end_notification_date: new Date(Date.now() + 3_600_000), text: 'Come and see' });
   */
  update(id: number, input: MailingUpdateInput, options?: CallOptions): Promise<MailingListCreateUpdate>;

  /**
   * Change some fields of a mailing. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.started, mailing.ended
   * @example
   * await showroom.mailing.partialUpdate(12, { tags: ['vip'] });
   */
  partialUpdate(id: number, input?: MailingPartialUpdateInput, options?: CallOptions): Promise<MailingListCreateUpdate>;

  /**
   * Delete a mailing with its messages; unsent messages are not sent. Needs `delete_mailing`.
   *
   * @example
   * await showroom.mailing.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;

  /**
   * Pause a mailing; no request starts later than one second after the answer. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.ended
   * @example
   * await showroom.mailing.pause(12);
   */
  pause(id: number, options?: CallOptions): Promise<MailingList>;

  /**
   * Resume a paused mailing. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.ended
   * @example
   * await showroom.mailing.resume(12);
   */
  resume(id: number, options?: CallOptions): Promise<MailingList>;

  /**
   * Cancel a mailing for good; no request starts later than one second after the answer. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.ended
   * @example
   * await showroom.mailing.cancel(12);
   */
  cancel(id: number, options?: CallOptions): Promise<MailingList>;

  /**
   * Retry the failed messages of a mailing, and only those, before its end. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.purged, mailing.canceled, mailing.over
   * @example
   * await showroom.mailing.retry(12);
   */
  retry(id: number, options?: CallOptions): Promise<Reopened>;

  /**
   * Resolve every unknown message of a mailing. Needs `change_mailing`.
   *
   * @throws ConflictError mailing.purged, mailing.canceled, mailing.over
   * @example
   * await showroom.mailing.resolve(12, { as: 'sent' });
   */
  resolve(id: number, input: MailingResolveInput, options?: CallOptions): Promise<Reopened>;

  /**
   * Preview a mailing without creating it: audience, SMS parts and duration. Needs `add_mailing`.
   *
   * @example
   * await showroom.mailing.preview({ tags: ['vip'], codes: [], start_notification_date: 'now', end_notification_date: new Date(Date.now() + 3_600_000), text: 'Come and see' });
   */
  preview(input: MailingPreviewInput, options?: CallOptions): Promise<MailingPreview>;

  /**
   * Preview a stored mailing: audience, SMS parts and the time that the rest takes. Needs `view_mailing`.
   *
   * @example
   * await showroom.mailing.previewStored(12);
   */
  previewStored(id: number, options?: CallOptions): Promise<MailingPreview>;

  /**
   * Explain whether a client is in the audience of a mailing, why, and what happened to the message. Needs `view_message`.
   *
   * @example
   * await showroom.mailing.explain(12, { client: 12 });
   */
  explain(id: number, input: MailingExplainInput, options?: CallOptions): Promise<Explanation>;
}
/** One mailing to one client. */
export interface MessagesResource {
  /**
   * List messages, optionally by mailing, client or status. Needs `view_message`.
   *
   * @example
   * for await (const row of showroom.messages.list.all()) console.log(row.id);
   */
  readonly list: List<Message, MessagesListFilter>;

  /**
   * Read the history of a message, attempt by attempt. Needs `view_message`.
   *
   * @example
   * await showroom.messages.read(12);
   */
  read(id: number, options?: CallOptions): Promise<MessageTimeline>;

  /**
   * Resolve an unknown message. Needs `change_message`.
   *
   * @throws ConflictError message.settled, message.client_deleted, mailing.canceled, mailing.over
   * @example
   * await showroom.messages.resolve(12, { as: 'sent' });
   */
  resolve(id: number, input: MessagesResolveInput, options?: CallOptions): Promise<MessageTimeline>;
}
/** What may be done to which rows. */
export interface PermissionsResource {
  /**
   * List permissions. Needs `view_permission`.
   *
   * @example
   * for await (const row of showroom.permissions.list.all()) console.log(row.id);
   */
  readonly list: List<Permission, object>;
}
/** Who delivers, and how they do. */
export interface ProviderResource {
  /**
   * List providers: whether requests go through, and if not, why. Needs `view_provider`.
   *
   * @example
   * await showroom.provider.list();
   */
  list(options?: CallOptions): Promise<Provider[]>;
}
/** Whether messages are sent at all. */
export interface SendingResource {
  /**
   * Read whether all sending is stopped, by whom, since when and why. Needs `view_sending`.
   *
   * @example
   * await showroom.sending.read();
   */
  read(options?: CallOptions): Promise<Sending>;

  /**
   * Stop all sending; no request starts later than one second after the answer. Needs `change_sending`.
   *
   * @example
   * await showroom.sending.stop({ reason: '12' });
   */
  stop(input: SendingStopInput, options?: CallOptions): Promise<Sending>;

  /**
   * Resume all sending. Needs `change_sending`.
   *
   * @example
   * await showroom.sending.resume();
   */
  resume(options?: CallOptions): Promise<Sending>;
}
/** Counts of mailings, clients and messages. */
export interface StatisticResource {
  /**
   * Count mailings, clients and messages by status, in total and for each mailing. Needs `view_statistic`.
   *
   * @example
   * await showroom.statistic.list();
   */
  list(input?: StatisticListInput, options?: CallOptions): Promise<Statistic>;

  /**
   * Count the messages of one mailing by status, tag, code and minute. Needs `view_statistic`.
   *
   * @example
   * await showroom.statistic.read(12);
   */
  read(id: number, options?: CallOptions): Promise<MailingStatisticDetail>;
}
/** Labels on clients. */
export interface TagsResource {
  /**
   * List tags, optionally by name. Needs `view_tag`.
   *
   * @example
   * for await (const row of showroom.tags.list.all()) console.log(row.id);
   */
  readonly list: List<Tag, TagsListFilter>;

  /**
   * Create a tag. Needs `add_tag`.
   *
   * @example
   * await showroom.tags.create({ name: 'vip' });
   */
  create(input: TagsCreateInput, options?: CallOptions): Promise<Tag>;

  /**
   * Read a tag. Needs `view_tag`.
   *
   * @example
   * await showroom.tags.read(12);
   */
  read(id: number, options?: CallOptions): Promise<Tag>;

  /**
   * Change a tag. Needs `change_tag`.
   *
   * @example
   * await showroom.tags.update(12, { name: 'vip' });
   */
  update(id: number, input: TagsUpdateInput, options?: CallOptions): Promise<Tag>;

  /**
   * Change some fields of a tag. Needs `change_tag`.
   *
   * @example
   * await showroom.tags.partialUpdate(12, { name: 'vip' });
   */
  partialUpdate(id: number, input?: TagsPartialUpdateInput, options?: CallOptions): Promise<Tag>;

  /**
   * Delete a tag that no client and no open mailing uses. Needs `delete_tag`.
   *
   * @throws ConflictError tag.in_use
   * @example
   * await showroom.tags.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;
}
/** What programs sign in with. */
export interface TokensResource {
  /**
   * List your tokens; with the permission view_token, all tokens. For every user.
   *
   * @example
   * for await (const row of showroom.tokens.list.all()) console.log(row.id);
   */
  readonly list: List<Token, object>;

  /**
   * Create a token with some of your permissions; its secret is shown only in this answer. For every user.
   *
   * @example
   * await showroom.tokens.create({ name: 'vip', permissions: [] });
   */
  create(input: TokensCreateInput, options?: CallOptions): Promise<CreatedToken>;

  /**
   * Read a token. For every user.
   *
   * @example
   * await showroom.tokens.read(12);
   */
  read(id: number, options?: CallOptions): Promise<Token>;

  /**
   * Revoke a token. For every user.
   *
   * @example
   * await showroom.tokens.delete(12);
   */
  delete(id: number, options?: CallOptions): Promise<void>;
}
/** Accounts: who may call the service. */
export interface UsersResource {
  /**
   * List users. Needs `view_user`.
   *
   * @example
   * for await (const row of showroom.users.list.all()) console.log(row.id);
   */
  readonly list: List<User, object>;

  /**
   * Create a user. Needs `add_user`.
   *
   * @example
   * await showroom.users.create({ username: 'ivan', password: 'a long one' });
   */
  create(input: UsersCreateInput, options?: CallOptions): Promise<User>;

  /**
   * Read a user. Needs `view_user`.
   *
   * @example
   * await showroom.users.read('ivan');
   */
  read(username: string, options?: CallOptions): Promise<User>;

  /**
   * Change a user. Needs `change_user`.
   *
   * @throws ConflictError user.last_superuser
   * @example
   * await showroom.users.update('ivan', { username: 'ivan', password: 'a long one' });
   */
  update(user: string, input: UsersUpdateInput, options?: CallOptions): Promise<User>;

  /**
   * Change some fields of a user. Needs `change_user`.
   *
   * @throws ConflictError user.last_superuser
   * @example
   * await showroom.users.partialUpdate('ivan', { username: 'ivan' });
   */
  partialUpdate(user: string, input?: UsersPartialUpdateInput, options?: CallOptions): Promise<User>;

  /**
   * Delete a user. Needs `delete_user`.
   *
   * @throws ConflictError user.last_superuser
   * @example
   * await showroom.users.delete('ivan');
   */
  delete(username: string, options?: CallOptions): Promise<void>;
}
/** Everything that the service can do, resource by resource. */
export interface Resources {
  readonly audit: AuditResource;
  readonly auth: AuthResource;
  readonly clients: ClientsResource;
  readonly codes: CodesResource;
  readonly groups: GroupsResource;
  readonly jobs: JobsResource;
  readonly mailing: MailingResource;
  readonly messages: MessagesResource;
  readonly permissions: PermissionsResource;
  readonly provider: ProviderResource;
  readonly sending: SendingResource;
  readonly statistic: StatisticResource;
  readonly tags: TagsResource;
  readonly tokens: TokensResource;
  readonly users: UsersResource;
}
