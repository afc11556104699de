import { describe, expect, it } from 'vitest';
import { columns, createPaint, wantsColours, wrap } from './layout.ts';

describe('wantsColours', () => {
  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
  ])('a terminal (%s) with %o: %s', (isTTY, env, wanted) => {
    expect(wantsColours({ isTTY }, env)).toBe(wanted);
  });
});

describe('columns', () => {
  const plain = createPaint(false);

  it('wraps each cell within its own width', () => {
    const cells = [
      { text: 'db-01', width: 6 },
      { text: 'still down after its reboot', width: 12 },
    ];
    expect(columns(cells, plain)).toEqual(['db-01   still down', '        after its', '        reboot']);
  });

  it('paints words and not the space between, so that colours do not move columns', () => {
    const lines = columns(
      [
        { text: 'a', width: 3, style: 'good' },
        { text: 'b', width: 1 },
      ],
      createPaint(true),
    );
    expect(lines).toEqual(['\u001b[32ma\u001b[39m    b']);
  });
});

describe('wrap', () => {
  it('gives a word that is too long a line of its own', () => {
    expect(wrap('to incomprehensibilities and back', 8)).toEqual(['to', 'incomprehensibilities', 'and back']);
  });
});
