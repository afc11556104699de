import { toCsv } from './csv';

const cell = (value: string | null) => toCsv(['h'], [[value]]).split('\r\n')[1];

describe('toCsv', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'makes a text of %j, which could run as a formula',
    (text) => {
      expect(toCsv(['h'], [[text]])).toMatch(/^h\r\n"?'/);
    },
  );

  it.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['plain = text', 'plain = text'],
    [null, ''],
  ])('writes %j as %s', (text, written) => {
    expect(cell(text)).toBe(written);
  });

  it('quotes line breaks and ends each row with CRLF', () => {
    expect(toCsv(['a', 'b'], [['1\n2', null]])).toBe('a,b\r\n"1\n2",\r\n');
  });
});
