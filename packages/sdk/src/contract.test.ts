import { readFileSync } from 'node:fs';
import type * as Contract from '@showroom/contract';
import { expect } from 'chai';
import { generate } from '../generate/generate.js';
import type * as Sdk from './index.js';

/** Fails to compile unless both are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** An interface as its fields, however deep. */
type Plain<T> = T extends Date ? Date : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
const same = <_ extends true>() => {};

describe('the generated part of the sdk', () => {
  it('is what the contract says', () => {
    const squeeze = (text: string) =>
      text
        .replaceAll(/[\s,;|]+/g, ' ')
        .replaceAll(/'(\w+)':/g, '$1:')
        .trim();
    for (const { path, text } of generate()) {
      const file = readFileSync(path, 'utf8');
      const words = (given: string) =>
        squeeze(given)
          .replaceAll(/["'()]/g, '')
          .split(' ')
          .filter(Boolean)
          .sort()
          .join(' ');
      expect(words(file), `${path}: run npm run sdk`).to.equal(words(text));
    }
  });

  it('has the types of what the schemas take and give', () => {
    same<Same<Plain<Sdk.Client>, Plain<Contract.Client>>>();
    same<Same<Plain<Sdk.MailingList>, Plain<Contract.MailingList>>>();
    same<Same<Plain<Sdk.MessageTimeline>, Plain<Contract.MessageTimeline>>>();
    same<Same<Plain<Sdk.MailingStatisticDetail>, Plain<Contract.MailingStatisticDetail>>>();
    same<Same<Plain<Sdk.ImportReport>, Plain<Contract.ImportReport>>>();
    same<Same<Plain<Sdk.Explanation>, Plain<Contract.Explanation>>>();
    same<Same<Plain<Sdk.User>, Plain<Contract.User>>>();
    same<Same<Plain<Sdk.Job>, Plain<Contract.Job>>>();
    same<Same<Plain<Sdk.Provider>, Plain<Contract.Provider>>>();
    same<Same<Plain<Sdk.AuditEntry>, Plain<Contract.AuditEntry>>>();
    same<Same<Plain<Sdk.ClientsCreateInput>, Plain<Contract.NewClient>>>();
  });
});
