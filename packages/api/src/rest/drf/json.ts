import { PythonFloat } from './python.js';

/** Why a text is no JSON, in the words of Python's parser. */
export class NotJson extends Error {
  /** @param at where in the text, in UTF-16 units */
  static at(text: string, at: number, message: string): NotJson {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
    return new NotJson(`${message}: line ${line} column ${column} (char ${[...before].length})`);
  }
}

/** Numbers of which JavaScript's parser would keep less than Python's: floats, and integers beyond 2^53. */
const exoticNumber = /\d{16}|\d[.eE]/;

/**
 * Reads JSON as Python does: integers of any size (a bigint where a number could not hold it), floats that stay floats,
 * errors in its words. Whatever JavaScript's own parser reads alike is left to it.
 *
 * @throws NotJson
 */
export function parsePythonJson(text: string): unknown {
  if (!exoticNumber.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // Read once more, for Python's words.
    }
  }
  return new Reader(text).read();
}

/** As deep as Python itself would go. */
const deepest = 900;

/** As many digits of an integer as Python reads: with more of them, reading takes long. */
const mostDigits = 4_300;

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a JSON string may not hold
const stringPattern = /"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\x00-\x1f]*)*"/y;
const notANumber = /-?Infinity|NaN/y;
const words: [string, unknown][] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  read(): unknown {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.error('Extra data');
    return value;
  }

  private value(): unknown {
    const next = this.text[this.at];
    if (next === '"') return this.string();
    if (next === '{') return this.nested(() => this.object());
    if (next === '[') return this.nested(() => this.array());
    const word = words.find(([each]) => this.text.startsWith(each, this.at));
    if (word) {
      this.at += word[0].length;
      return word[1];
    }
    return this.number();
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > deepest) throw new NotJson('maximum recursion depth exceeded');
    this.at++;
    this.skipSpace();
    const value = read();
    this.at++;
    this.depth--;
    return value;
  }

  private object(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    while (this.text[this.at] !== '}' || entries.length > 0) {
      if (this.text[this.at] !== '"') throw this.error('Expecting property name enclosed in double quotes');
      const key = this.string();
      this.skipSpace();
      this.expect(':');
      entries.push([key, this.value()]);
      if (this.isEnd('}')) break;
    }
    return Object.fromEntries(entries);
  }

  private array(): unknown[] {
    const values: unknown[] = [];
    while (this.text[this.at] !== ']' || values.length > 0) {
      values.push(this.value());
      if (this.isEnd(']')) break;
    }
    return values;
  }

  private isEnd(end: string): boolean {
    this.skipSpace();
    if (this.text[this.at] === end) return true;
    this.expect(',');
    return false;
  }

  private expect(delimiter: string): void {
    if (this.text[this.at] !== delimiter) throw this.error(`Expecting '${delimiter}' delimiter`);
    this.at++;
    this.skipSpace();
  }

  private string(): string {
    const found = this.match(stringPattern);
    if (found) return JSON.parse(found[0]);
    throw this.brokenString();
  }

  private brokenString(): NotJson {
    const start = this.at;
    for (let at = start + 1; at < this.text.length; at++) {
      const rest = this.text.slice(at, at + 6);
      if (rest < ' ') return NotJson.at(this.text, at, 'Invalid control character at');
      if (rest[0] !== '\\') continue;
      if (rest[1] === 'u' && !/^\\u[\da-fA-F]{4}/.test(rest)) {
        return NotJson.at(this.text, at + 1, 'Invalid \\uXXXX escape');
      }
      if (rest.length > 1 && !/["\\/bfnrtu]/.test(rest[1]!)) return NotJson.at(this.text, at, 'Invalid \\escape');
      at++;
    }
    return NotJson.at(this.text, start, 'Unterminated string starting at');
  }

  private number(): number | bigint | PythonFloat {
    const strange = this.match(notANumber);
    if (strange) throw new NotJson(`Out of range float values are not JSON compliant: '${strange[0]}'`);
    const found = this.match(numberPattern);
    if (!found) throw this.error('Expecting value');
    const [text, fraction, exponent] = found;
    if (fraction || exponent) return new PythonFloat(Number(text));
    if (text.length > mostDigits) throw new NotJson(`Exceeds the limit (${mostDigits}) for integer string conversion`);
    return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? '.')) this.at++;
  }

  private error(message: string): NotJson {
    return NotJson.at(this.text, this.at, message);
  }
}
