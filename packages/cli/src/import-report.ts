import type { ImportReport } from '@showroom/sdk';
import { toCount } from './preview.js';
import { toQuoted } from './visible.js';

/** What became of a file, line by line: counts, then refused rows, then what may be wrong. */
export function describeReport(report: ImportReport): string[] {
  const { rows, created, updated, skipped, refused, errors, warned, warnings } = report;
  const counts = Object.entries({ created, updated, skipped, refused }).map(
    ([name, count]) => `${toFigure(count)} ${name}`,
  );
  return [
    `${toCount(rows, 'row')}: ${counts.join(', ')}.`,
    ...toLines(report),
    ...toNumbers(report),
    ...errors.flatMap(({ line, errors, values }) => toReasons(`Line ${line}`, errors, values)),
    ...toRest(refused - errors.length, 'refused row'),
    ...warnings.flatMap(({ line, warnings, values }) => toReasons(`Warning, line ${line}`, warnings, values)),
    ...toRest(warned - warnings.length, 'row with a warning', 'rows with a warning'),
  ];
}

const toFigure = (count: number) => count.toLocaleString('en');

/** Where a file has more lines than rows and a header. */
function toLines({ lines, header, blank, continued }: ImportReport): string[] {
  if (blank === 0 && continued === 0) return [];
  const others = Object.entries({ header, blank, continued }).filter(([, count]) => count > 0);
  return [`${toCount(lines, 'line')}, with ${others.map(([name, count]) => `${toFigure(count)} ${name}`).join(', ')}.`];
}

function toNumbers({ normalized, repeated_in_file, already_known }: ImportReport): string[] {
  const told = [
    { count: normalized, what: 'written in another way, and cleaned' },
    { count: repeated_in_file, what: 'repeated in the file' },
    { count: already_known, what: 'known already' },
  ].filter(({ count }) => count > 0);
  return told.length === 0
    ? []
    : [`Phone numbers: ${told.map(({ count, what }) => `${toFigure(count)} ${what}`).join('; ')}.`];
}

/** A line for each field; `row` is all of the row. */
const toReasons = (where: string, reasons: Record<string, string[]>, values: Record<string, string>): string[] =>
  Object.entries(reasons).map(([field, words]) => {
    const value = values[field];
    const what = [field === 'row' ? '' : field, value === undefined ? '' : toQuoted(value)].filter(Boolean).join(' ');
    return `${where}${what && `, ${what}`}: ${words.join(' ')}`;
  });

const toRest = (count: number, one: string, many = `${one}s`): string[] =>
  count > 0 ? [`And ${toFigure(count)} more ${count === 1 ? one : many}.`] : [];
