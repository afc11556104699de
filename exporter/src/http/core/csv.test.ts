import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.ts';

describe('csvLine', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['\t=1', `"'\t'=1"`],
    ['＝1', "'＝1"],
    ['name;=cmd()', `"name;'=cmd()"`],
    ['line\n=cmd()', `"line\n'=cmd()"`],
    ['srv-1', 'srv-1'],
  ])('writes %j as %s', (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`);
  });

  it('leaves numbers and flags as they are, and null empty', () => {
    expect(csvLine([-1, true, null, 0])).toBe('-1,true,,0\r\n');
  });

  it('is read back as it was, but for apostrophes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '=', '-', '\n', '\r', '\t', ' ') });
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (cells) => {
        const [row] = parse(csvLine(cells), { record_delimiter: '\r\n' });
        expect(row?.map((cell) => cell.replaceAll("'", ''))).toEqual(cells);
        for (const cell of row ?? []) expect(cell).not.toMatch(/(^|[;\t\r\n])[ ]*[=-]/);
      }),
    );
  });
});
