import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import type { OpenAPIV3_1 } from 'openapi-types';
import { createDocument } from './document.js';
import { compareComponent, compareOperation, type Document, operationsOf } from './old-document.suite.js';

/** Where we say something else than the old document on purpose. Whatever is named here has to differ. */
const exceptions: Record<string, string> = {
  'User.password.writeOnly': 'the old service answered the hash; with us the password never leaves the server',
  'Message.status.enum': 'the print lost the values, which are ours to choose',
  'MailingListCreateUpdate.start_notification_date.type': 'a body may say `now`; an answer is a date as ever',
  'MailingListCreateUpdate.start_notification_date.format': 'as its type',
};

const old = JSON.parse(
  readFileSync(new URL('./fixtures/old-api.openapi.json', import.meta.url), 'utf8'),
) as unknown as Document;

describe('the document', () => {
  it('is valid to @seriousme/openapi-schema-validator', async () => {
    const { errors, valid } = await new Validator().validate({ ...createDocument() });
    expect(errors ?? []).to.deep.equal([]);
    expect(valid).to.equal(true);
  });

  it('is valid to @readme/openapi-parser', async () => {
    const { warnings, ...result } = await validate(createDocument() as object as OpenAPIV3_1.Document);
    expect(result).to.deep.include({ valid: true, specification: 'OpenAPI' });
    expect(warnings).to.deep.equal([]);
  });

  it('is valid to @redocly/openapi-core', async () => {
    const config = await createConfig({ extends: ['spec'] });
    const problems = await lintFromString({ source: JSON.stringify(createDocument()), config });
    expect(problems.map(({ message, location }) => `${location[0]?.pointer} ${message}`)).to.deep.equal([]);
  });
});

describe('the document says what the old one said', () => {
  const ours = createDocument() as object as Document;
  const compared: [string, string[]][] = [
    ...operationsOf(old).map((operation): [string, string[]] => [
      `${operation.method.toUpperCase()} ${operation.path}`,
      compareOperation(old, ours, operation),
    ]),
    ...Object.keys(old.components.schemas).map((name): [string, string[]] => [name, compareComponent(old, ours, name)]),
  ];
  const placeOf = (difference: string) => difference.slice(0, difference.indexOf(':'));

  for (const [name, differences] of compared) {
    it(`of ${name}`, () => {
      expect(differences.filter((difference) => !(placeOf(difference) in exceptions))).to.deep.equal([]);
    });
  }

  it('but for what is named as an exception', () => {
    const places = compared.flatMap(([, differences]) => differences.map(placeOf));
    expect(Object.keys(exceptions).filter((place) => !places.includes(place))).to.deep.equal([]);
  });
});
