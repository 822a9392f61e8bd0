#!/usr/bin/env node
import { ShowroomError } from '@showroom/sdk';
import { CommanderError } from 'commander';
import { readEnvironment } from './config.js';
import { Mistake } from './mistake.js';
import { createProgram } from './program.js';

/** What exit codes mean: the service refused something; the command made no sense. */
const codes = { refused: 1, senseless: 2 };

const fail = () => {
  process.exitCode = codes.refused;
};
const program = createProgram({ environment: readEnvironment(), fail });

// Whoever reads may have read enough: `showroom … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what was wrong, or the help that was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : codes.senseless;
  else {
    process.stderr.write(`${toSentence(error)}\n`);
    process.exitCode = error instanceof Mistake ? codes.senseless : codes.refused;
  }
}

function toSentence(error: unknown): string {
  if (error instanceof Mistake) return error.message;
  if (!(error instanceof ShowroomError)) return String((error as Error).stack);
  return error.requestId ? `${error.message} (request ${error.requestId})` : error.message;
}
