import type { ImportReport } from '@showroom/sdk';
import { expect } from 'chai';
import { describeReport } from './import-report.js';

const nothing: ImportReport = {
  ...{ lines: 1, header: 1, blank: 0, continued: 0, rows: 0, created: 0, updated: 0, skipped: 0, refused: 0 },
  ...{ normalized: 0, warned: 0, repeated_in_file: 0, already_known: 0, errors: [], warnings: [] },
};

describe('the report of an import, by the cli', () => {
  it('is one line where there is nothing more to say', () => {
    const report = { ...nothing, lines: 1_235, rows: 1_234, created: 1_234 };
    expect(describeReport(report)).to.deep.equal(['1,234 rows: 1,234 created, 0 updated, 0 skipped, 0 refused.']);
  });

  it('accounts for all lines and numbers, and says where what is wrong', () => {
    const report: ImportReport = {
      ...nothing,
      ...{ lines: 8, blank: 1, continued: 2, rows: 4, created: 1, skipped: 1, refused: 2 },
      ...{ normalized: 1, warned: 2_000, repeated_in_file: 1, already_known: 3 },
      errors: [
        {
          row: 3,
          line: 4,
          errors: { phone_number: ['Must consist of digits.'], tag: ['Is required.'] },
          values: { phone_number: '79\u200b\u00a00 x', timezone: 'UTC' },
        },
        { row: 4, line: 6, errors: { row: ['The quote never closes.'] }, values: { row: '7900,"Rom\u001b[2J' } },
      ],
      warnings: [
        { row: 1, line: 2, warnings: { phone_number: ['Starts with 8.'] }, values: { phone_number: '89000000107' } },
      ],
    };
    expect(describeReport(report)).to.deep.equal([
      '4 rows: 1 created, 0 updated, 1 skipped, 2 refused.',
      '8 lines, with 1 header, 1 blank, 2 continued.',
      'Phone numbers: 1 written in another way, and cleaned; 1 repeated in the file; 3 known already.',
      'Line 4, phone_number "79\\u{200b}\\u{a0}0 x": Must consist of digits.',
      'Line 4, tag: Is required.',
      'Line 6, "7900,"Rom\\u{1b}[2J": The quote never closes.',
      'Warning, line 2, phone_number "89000000107": Starts with 8.',
      'And 1,999 more rows with a warning.',
    ]);
    expect(describeReport({ ...nothing, rows: 1, refused: 1 }).at(-1)).to.equal('And 1 more refused row.');
  });
});
