import type { ApiResponse, DataType } from '@oazapfts/runtime';
import { expect } from 'chai';
import { defaults } from '../../generated/oazapfts.js';
import type { Stage } from '../stage.js';

/** The generated functions share one set of defaults: whoever calls next, calls with these. */
export function callAs({ baseUrl, authorization, fetch }: Stage): void {
  Object.assign(defaults, { baseUrl, fetch, headers: { authorization } });
}

/** The data of an answer that has to have this status, which has to be one of those the document knows. */
export async function answered<Answer extends ApiResponse, Status extends Answer['status']>(
  asked: Promise<Answer>,
  status: Status,
): Promise<DataType<Answer, Status>> {
  const answer = await asked;
  expect(answer.status, JSON.stringify(answer.data)).to.equal(status);
  return answer.data;
}

/** The id of a row. */
export function idOf({ id }: { id?: number }): number {
  expect(id).to.be.a('number');
  return id as number;
}
