#!/usr/bin/env node
import { ShowroomError, ValidationError } from '@showroom/sdk';
import { readEnvironment } from './config.js';
import { Mistake } from './login.js';
import { createProgram } from './program.js';

const fail = () => {
  process.exitCode = 1;
};
const program = createProgram({ environment: readEnvironment(), fail });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${toSentences(error)}\n`);
  process.exitCode = error instanceof Mistake ? 2 : 1;
}

function toSentences(error: unknown): string {
  if (error instanceof ValidationError) return error.message;
  if (error instanceof ShowroomError)
    return error.requestId ? `${error.message} (request ${error.requestId})` : error.message;
  return error instanceof Mistake ? error.message : String((error as Error).stack);
}
