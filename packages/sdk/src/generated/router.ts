// Made from the contract by `npm run sdk`; not to be edited.

import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type {
  AuditEntry,
  Client,
  CreatedToken,
  Explanation,
  Group,
  Job,
  MailingList,
  MailingListCreateUpdate,
  MailingPreview,
  MailingStatisticDetail,
  Me,
  Message,
  MessageTimeline,
  MobileOperatorCode,
  Permission,
  Provider,
  Reopened,
  Sending,
  Statistic,
  Tag,
  Token,
  User,
} from './types.js';

/** The router as tRPC's own clients want it; only types, and nothing of the server. */
export type ShowroomRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: true },
  {
    audit: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          user?: string | undefined;
          user_id?: number | undefined;
          action?: 'create' | 'update' | 'delete' | 'login' | 'logout' | 'refuse' | undefined;
          resource?: string | undefined;
          row?: string | undefined;
          since?: Date | string | undefined;
          until?: Date | string | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: AuditEntry[];
        };
        meta: object;
      }>;
    };
    auth: {
      login: TRPCMutationProcedure<{
        input: {
          username: string;
          password: string;
        };
        output: Me;
        meta: object;
      }>;
      logout: TRPCMutationProcedure<{ input: object; output: undefined; meta: object }>;
      me: TRPCQueryProcedure<{ input: object; output: Me; meta: object }>;
      changeMe: TRPCMutationProcedure<{
        input: {
          first_name?: string | undefined;
          last_name?: string | undefined;
          email?: string | undefined;
          password?: string | undefined;
        };
        output: Me;
        meta: object;
      }>;
    };
    clients: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          phone_number?: string | undefined;
          mobile_operator_code?: number | undefined;
          tag?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Client[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          phone_number: string;
          timezone: string;
          mobile_operator_code: number;
          tag: number;
        };
        output: Client;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this client. */
          id: number;
        };
        output: Client;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this client. */
          id: number;
          phone_number: string;
          timezone: string;
          mobile_operator_code: number;
          tag: number;
        };
        output: Client;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this client. */
          id: number;
          phone_number?: string | undefined;
          timezone?: string | undefined;
          mobile_operator_code?: number | undefined;
          tag?: number | undefined;
        };
        output: Client;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this client. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
    };
    codes: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          code?: string | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: MobileOperatorCode[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          code: string;
        };
        output: MobileOperatorCode;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this mobile operator code. */
          id: number;
        };
        output: MobileOperatorCode;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mobile operator code. */
          id: number;
          code: string;
        };
        output: MobileOperatorCode;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mobile operator code. */
          id: number;
          code?: string | undefined;
        };
        output: MobileOperatorCode;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mobile operator code. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
    };
    groups: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Group[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          name: string;
          permissions?: number[] | undefined;
        };
        output: Group;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this group. */
          id: number;
        };
        output: Group;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this group. */
          id: number;
          name: string;
          permissions?: number[] | undefined;
        };
        output: Group;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this group. */
          id: number;
          name?: string | undefined;
          permissions?: number[] | undefined;
        };
        output: Group;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this group. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
    };
    jobs: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          status?: 'running' | 'scheduled' | 'queued' | 'failed' | 'repeating' | 'completed' | undefined;
          name?: string | undefined;
          mailing?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Job[];
        };
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** The id of a job. */
          id: string;
        };
        output: Job;
        meta: object;
      }>;
    };
    mailing: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          tag?: string | undefined;
          code?: string | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: MailingList[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          tags: string[];
          codes: string[];
          start_notification_date: Date | string | 'now';
          end_notification_date: Date | string;
          text: string;
          send_window_start?: string | null | undefined;
          send_window_end?: string | null | undefined;
          send_per_second?: number | null | undefined;
        };
        output: MailingListCreateUpdate;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: MailingList;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
          tags: string[];
          codes: string[];
          start_notification_date: Date | string | 'now';
          end_notification_date: Date | string;
          text: string;
          send_window_start?: string | null | undefined;
          send_window_end?: string | null | undefined;
          send_per_second?: number | null | undefined;
        };
        output: MailingListCreateUpdate;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
          tags?: string[] | undefined;
          codes?: string[] | undefined;
          start_notification_date?: Date | string | 'now' | undefined;
          end_notification_date?: Date | string | undefined;
          text?: string | undefined;
          send_window_start?: string | null | undefined;
          send_window_end?: string | null | undefined;
          send_per_second?: number | null | undefined;
        };
        output: MailingListCreateUpdate;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
      pause: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: MailingList;
        meta: object;
      }>;
      resume: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: MailingList;
        meta: object;
      }>;
      cancel: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: MailingList;
        meta: object;
      }>;
      retry: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: Reopened;
        meta: object;
      }>;
      resolve: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
          as: 'retry' | 'sent' | 'failed';
        };
        output: Reopened;
        meta: object;
      }>;
      preview: TRPCQueryProcedure<{
        input: {
          tags: string[];
          codes: string[];
          start_notification_date: Date | string | 'now';
          end_notification_date: Date | string;
          text: string;
          send_window_start?: string | null | undefined;
          send_window_end?: string | null | undefined;
          send_per_second?: number | null | undefined;
        };
        output: MailingPreview;
        meta: object;
      }>;
      previewStored: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
        };
        output: MailingPreview;
        meta: object;
      }>;
      explain: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this mailing list. */
          id: number;
          /** The id of a client. */
          client: number;
        };
        output: Explanation;
        meta: object;
      }>;
    };
    messages: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          mailing_list?: number | undefined;
          client?: number | undefined;
          status?: 'pending' | 'sent' | 'failed' | 'expired' | 'canceled' | 'unknown' | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Message[];
        };
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this message. */
          id: number;
        };
        output: MessageTimeline;
        meta: object;
      }>;
      resolve: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this message. */
          id: number;
          as: 'retry' | 'sent' | 'failed';
        };
        output: MessageTimeline;
        meta: object;
      }>;
    };
    permissions: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Permission[];
        };
        meta: object;
      }>;
    };
    provider: {
      list: TRPCQueryProcedure<{ input: object; output: Provider[]; meta: object }>;
    };
    sending: {
      read: TRPCQueryProcedure<{ input: object; output: Sending; meta: object }>;
      stop: TRPCMutationProcedure<{
        input: {
          /** Why sending stops. It is shown to everyone who asks why messages wait. */
          reason: string;
        };
        output: Sending;
        meta: object;
      }>;
      resume: TRPCMutationProcedure<{ input: object; output: Sending; meta: object }>;
    };
    statistic: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
        };
        output: Statistic;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          id: number;
        };
        output: MailingStatisticDetail;
        meta: object;
      }>;
    };
    tags: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
          name?: string | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Tag[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          name: string;
        };
        output: Tag;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this tag. */
          id: number;
        };
        output: Tag;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this tag. */
          id: number;
          name: string;
        };
        output: Tag;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this tag. */
          id: number;
          name?: string | undefined;
        };
        output: Tag;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this tag. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
    };
    tokens: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: Token[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
          /** What the token is for. */
          name: string;
          /** The ids of its permissions. A permission that the owner does not hold has no effect. */
          permissions: number[];
          expires_at?: Date | string | null | undefined;
        };
        output: CreatedToken;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** A unique integer value identifying this token. */
          id: number;
        };
        output: Token;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** A unique integer value identifying this token. */
          id: number;
        };
        output: undefined;
        meta: object;
      }>;
    };
    users: {
      list: TRPCQueryProcedure<{
        input: {
          page?: number | undefined;
          limit?: number | undefined;
          after?: number | undefined;
        };
        output: {
          count: number;
          next: string | null;
          previous: string | null;
          results: User[];
        };
        meta: object;
      }>;
      create: TRPCMutationProcedure<{
        input: {
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
        };
        output: User;
        meta: object;
      }>;
      read: TRPCQueryProcedure<{
        input: {
          /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
          username: string;
        };
        output: User;
        meta: object;
      }>;
      update: TRPCMutationProcedure<{
        input: {
          /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
          user: string;
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
        };
        output: User;
        meta: object;
      }>;
      partialUpdate: TRPCMutationProcedure<{
        input: {
          /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
          user: string;
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
        };
        output: User;
        meta: object;
      }>;
      delete: TRPCMutationProcedure<{
        input: {
          /** Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
          username: string;
        };
        output: undefined;
        meta: object;
      }>;
    };
  }
>;
