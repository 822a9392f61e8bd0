import type { Result } from './race.js';

const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const columns = [
  [
    '',
    'messages',
    'sending: × bare',
    'range',
    'with start: × bare',
    'node: × bare CPU',
    'node µs',
    'PostgreSQL µs',
    'Redis µs',
    'RSS MiB',
  ],
  ['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:'],
];

/**
 * The results of all rounds as Markdown. A ratio is taken within a round, against that round's bare loop, and then the
 * median is: 0.8 means that it sends 0.8 as many in the same time, or with the same work of the processors.
 */
export function toTable(rounds: readonly ReadonlyMap<string, Result>[]): string {
  const names = [...new Set(rounds.flatMap((round) => [...round.keys()]))];
  const rows = names.map((name) => {
    const pairs = rounds.flatMap((round) => {
      const result = round.get(name);
      const bare = round.values().next().value;
      return result && bare ? [{ result, bare }] : [];
    });
    const of = (pick: (result: Result) => number) => median(pairs.map(({ result }) => pick(result)));
    const ratios = (pick: (result: Result) => number) =>
      pairs.map(({ result, bare }) => pick(bare) / bare.messages / (pick(result) / result.messages));
    const sending = ratios(({ sendMs }) => sendMs);
    return [
      name,
      String(of(({ messages }) => messages)),
      median(sending).toFixed(2),
      `${Math.min(...sending).toFixed(2)}–${Math.max(...sending).toFixed(2)}`,
      median(ratios(({ totalMs }) => totalMs)).toFixed(2),
      median(ratios(({ nodeUs }) => nodeUs)).toFixed(2),
      of(({ nodeUs }) => nodeUs).toFixed(1),
      of(({ postgresUs }) => postgresUs).toFixed(1),
      of(({ redisUs }) => redisUs).toFixed(1),
      of(({ rssMb }) => rssMb).toFixed(0),
    ];
  });
  return [...columns, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
