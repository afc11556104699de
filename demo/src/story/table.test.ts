import { describe, expect, it } from 'vitest';
import { createPaint } from '../timeline/layout.ts';
import { renderTable } from './table.ts';

const rows = [
  { story: 'web-01: planned reboot', expected: 'no page', seen: 'no page; back and healthy', holds: true },
  { story: 'db-01: stuck reboot', expected: 'page at 60 s', seen: 'no page', holds: false },
];

describe('renderTable', () => {
  it('says by a word, not by colour alone, which row is wrong', () => {
    const lines = renderTable(rows, 118, createPaint(false));
    expect(lines[2]).toMatch(/^ {2}web-01: planned reboot +no page +no page; back and healthy +✓ as it must$/);
    expect(lines[3]).toMatch(/^ {2}db-01: stuck reboot +page at 60 s +no page +✗ WRONG$/);
  });

  it.each([100, 118])('stays within %d columns', (width) => {
    for (const line of renderTable(rows, width, createPaint(false))) expect(line.length).toBeLessThanOrEqual(width);
  });
});
