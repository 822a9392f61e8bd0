import type { DecodedFile } from './encoding.js';
import { isTooLong, longestRow, readLines } from './lines.js';
import { type GivenRow, type LineCounts, noLines, type TakeRows } from './rows.js';

/** Reads NDJSON: an object a line. Gives the counts of the lines that are not rows. */
export async function readNdjson({ text }: DecodedFile, take: TakeRows): Promise<LineCounts> {
  const counts = noLines();
  for await (const lines of readLines(text)) {
    const rows: GivenRow[] = [];
    for (const line of lines) {
      counts.lines += 1;
      if (line.trim() === '') counts.blank += 1;
      else rows.push(toRow(counts.lines, line));
    }
    await take(rows);
  }
  return counts;
}

function toRow(line: number, text: string): GivenRow {
  const refuse = (problem: string): GivenRow => ({ line, fields: { row: text }, problem });
  if (isTooLong(text)) return refuse(`Has more than ${longestRow} characters.`);
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return refuse('Must be a JSON object.');
    return { line, fields: row as Record<string, unknown> };
  } catch {
    return refuse('Is not valid JSON.');
  }
}
