import { expect } from 'chai';
import { z } from 'zod';
import { ConfigError, parseEnvironment, variables } from './environment.js';

const schema = z.object({ PORT: variables.port.default(8005), DATABASE_URL: variables.postgresUrl });

describe('environment', () => {
  it('takes an empty variable for unset, and defaults for what is unset', () => {
    expect(parseEnvironment(schema, { PORT: '', DATABASE_URL: 'postgres://x' })).to.deep.equal({
      PORT: 8005,
      DATABASE_URL: 'postgres://x',
    });
  });

  it('says all that is wrong, a sentence for each variable', () => {
    expect(() => parseEnvironment(schema, { PORT: '99999' })).to.throw(
      ConfigError,
      'PORT is wrong: expected a number from 0 to 65535.\nDATABASE_URL is not set, and has no default.',
    );
  });
});
