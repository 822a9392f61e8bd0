import { expect } from 'chai';
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../generated/openapi-typescript.js';
import type { Stage } from '../stage.js';

export type Api = Client<paths>;

export const clientOf = ({ baseUrl, authorization, fetch }: Stage): Api =>
  createClient<paths>({ baseUrl, fetch, headers: { authorization } });

interface Answer<Data, Failure> {
  data?: Data;
  error?: Failure;
  response: Response;
}

/** The data of an answer that has to be a success. */
export async function succeeded<Data>(asked: Promise<Answer<Data, unknown>>, status = 200) {
  const { data, error, response } = await asked;
  expect(response.status, JSON.stringify(error)).to.equal(status);
  return data as NonNullable<Data>;
}

/** The body of an answer that has to be a refusal. */
export async function refused<Failure>(asked: Promise<Answer<unknown, Failure>>, status: number) {
  const { error, response } = await asked;
  expect(response.status, JSON.stringify(error)).to.equal(status);
  return error as NonNullable<Failure>;
}

/** The `params` that name one row. */
export const at = (id: number | undefined) => {
  expect(id).to.be.a('number');
  return { path: { id: id as number } };
};
