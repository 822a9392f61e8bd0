/** `npm run race`: everybody sends the same messages to the same provider, by turns, in one run. */

import { tellCircumstances } from '@showroom/testing';
import { parseOptions } from './config.js';
import { contenders } from './contenders/index.js';
import { type Result, race } from './race.js';
import { toTable } from './table.js';
import { openWorld } from './world.js';

const options = parseOptions(process.argv.slice(2));
const chosen = contenders.filter(
  ({ name }, index) => index === 0 || options.only.length === 0 || options.only.some((part) => name.includes(part)),
);
const world = await openWorld(options);
const circumstances = await tellCircumstances(world.postgresUrl);
const rounds: Map<string, Result>[] = [];
try {
  const able = chosen.filter((contender) => {
    const lack = contender.lacks(world);
    if (lack) process.stderr.write(`!!! ${contender.name} is LEFT OUT: ${lack}.\n`);
    return !lack;
  });
  for (let round = 1; round <= options.rounds; round++) {
    const results = new Map<string, Result>();
    for (const contender of able) {
      const result = await race(contender, world);
      results.set(contender.name, result);
      const perSecond = Math.round((1_000 * result.messages) / result.sendMs);
      process.stderr.write(`round ${round}: ${contender.name}: ${perSecond} messages a second\n`);
    }
    rounds.push(results);
  }
} finally {
  await world.close();
}
const { messages, inFlight, latencyMs, faultsPerMille, pipelining } = options;
process.stdout.write(
  `${messages} messages, ${inFlight} in flight, ${rounds.length} rounds, provider: ${latencyMs} ms, ` +
    `${faultsPerMille} ‰ faults, pipelining ${pipelining}\n${circumstances}\n\n${toTable(rounds)}\n`,
);
