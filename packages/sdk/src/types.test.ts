import type * as Contract from '@showroom/contract';
import { expectTypeOf } from 'expect-type';
import type * as Sdk from './index.js';

/** An interface as its fields, however deep. */
type Plain<T> = T extends Date ? Date : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

/** Judged by the compiler: what is wrong here does not pass `npm run check`. */
describe('the types of the sdk', () => {
  it('are those of what the schemas take and give', () => {
    expectTypeOf<Plain<Sdk.Client>>().toEqualTypeOf<Plain<Contract.Client>>();
    expectTypeOf<Plain<Sdk.MailingList>>().toEqualTypeOf<Plain<Contract.MailingList>>();
    expectTypeOf<Plain<Sdk.MessageTimeline>>().toEqualTypeOf<Plain<Contract.MessageTimeline>>();
    expectTypeOf<Plain<Sdk.MailingStatisticDetail>>().toEqualTypeOf<Plain<Contract.MailingStatisticDetail>>();
    expectTypeOf<Plain<Sdk.ImportReport>>().toEqualTypeOf<Plain<Contract.ImportReport>>();
    expectTypeOf<Plain<Sdk.Explanation>>().toEqualTypeOf<Plain<Contract.Explanation>>();
    expectTypeOf<Plain<Sdk.User>>().toEqualTypeOf<Plain<Contract.User>>();
    expectTypeOf<Plain<Sdk.Job>>().toEqualTypeOf<Plain<Contract.Job>>();
    expectTypeOf<Plain<Sdk.Provider>>().toEqualTypeOf<Plain<Contract.Provider>>();
    expectTypeOf<Plain<Sdk.AuditEntry>>().toEqualTypeOf<Plain<Contract.AuditEntry>>();
    expectTypeOf<Plain<Sdk.ClientsCreateInput>>().toEqualTypeOf<Plain<Contract.NewClient>>();
  });

  it('say where a service is, and who calls, in one way of three', () => {
    expectTypeOf({ baseUrl: 'x', token: 't' }).toExtend<Sdk.ShowroomOptions>();
    expectTypeOf({ baseUrl: 'x', username: 'u', password: 'p' }).toExtend<Sdk.ShowroomOptions>();
    expectTypeOf({ baseUrl: 'x' }).toExtend<Sdk.ShowroomOptions>();
    expectTypeOf({ baseUrl: 'x', username: 'u' }).not.toExtend<Sdk.ShowroomOptions>();
    expectTypeOf({ baseUrl: 'x', token: 't', username: 'u', password: 'p' }).not.toExtend<Sdk.ShowroomOptions>();
    expectTypeOf({ token: 't' }).not.toExtend<Sdk.ShowroomOptions>();
  });

  it('give dates as dates, and take what a date can be made of', () => {
    expectTypeOf<Sdk.MailingList['start_notification_date']>().toEqualTypeOf<Date>();
    expectTypeOf<Sdk.MailingCreateInput['start_notification_date']>().toEqualTypeOf<Date | string>();
  });

  it('are plain functions, the row first', () => {
    expectTypeOf<Sdk.Showroom['tags']['read']>().toBeCallableWith(12);
    expectTypeOf<Sdk.Showroom['tags']['read']>().returns.resolves.toEqualTypeOf<Sdk.Tag>();
    expectTypeOf<Sdk.Showroom['tags']['update']>().toBeCallableWith(12, { name: 'vip' });
    expectTypeOf<Sdk.Showroom['users']['read']>().toBeCallableWith('ivan');
    expectTypeOf<Sdk.Showroom['mailing']['create']>().parameter(1).toEqualTypeOf<Sdk.WriteOptions | undefined>();
    // No key is taken where a second call would do harm.
    expectTypeOf<Sdk.Showroom['tags']['create']>().parameter(1).toEqualTypeOf<Sdk.CallOptions | undefined>();
    expectTypeOf<Sdk.Showroom['tags']['delete']>().returns.resolves.toEqualTypeOf<void>();
  });

  it('filter a list by what it can be filtered by, and page by key where that is to be had', () => {
    type Clients = Sdk.Showroom['clients']['list'];
    expectTypeOf<Clients['all']>().toBeCallableWith({ tag: 12, phone_number: '79001234567' });
    expectTypeOf<Clients['all']>().returns.toExtend<AsyncIterable<Sdk.Client>>();
    expectTypeOf<Clients['first']>().returns.resolves.toEqualTypeOf<Sdk.Client | undefined>();
    expectTypeOf<Clients['toArray']>().returns.resolves.toEqualTypeOf<Sdk.Client[]>();
    expectTypeOf<{ after: 12 }>().toExtend<NonNullable<Parameters<Clients>[0]>>();
    expectTypeOf<{ page: 'first' }>().not.toExtend<NonNullable<Parameters<Clients>[0]>>();
  });

  it('tell progress and errors', () => {
    expectTypeOf<Sdk.Showroom['mailing']['watch']>().returns.toEqualTypeOf<AsyncIterable<Sdk.Progress>>();
    expectTypeOf<Sdk.Showroom['mailing']['finished']>().returns.resolves.toEqualTypeOf<Sdk.Progress>();
    expectTypeOf<Sdk.ValidationError['fields']>().toEqualTypeOf<Readonly<Record<string, readonly string[]>>>();
    expectTypeOf<Sdk.RateLimitError['retryAfterMs']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Sdk.TimeoutError>().toExtend<Sdk.ConnectionError>();
    expectTypeOf<Sdk.NotFoundError>().toExtend<Sdk.ShowroomError>();
  });
});
