import { columns, type Paint, type Style } from '../timeline/layout.ts';
import type { Verdict } from './verdict.ts';

const markWidth = 12;
const storyWidth = 28;

/** The table expected / seen. The verdict is a word; colour only underlines it. */
export function renderTable(verdicts: readonly Verdict[], width: number, paint: Paint): string[] {
  const rest = Math.max(40, width - 2 - storyWidth - markWidth - 6);
  const expectedWidth = Math.floor(rest * 0.41);
  const seenWidth = rest - expectedWidth;
  const row = (cells: readonly [string, string, string, string], styles: readonly Style[]) =>
    columns(
      cells.map((text, i) => ({
        text,
        width: [storyWidth, expectedWidth, seenWidth, markWidth][i] ?? 0,
        style: styles[i] ?? 'plain',
      })),
      paint,
    ).map((line) => `  ${line}`);
  const rule = `  ${'─'.repeat(storyWidth + rest + markWidth + 6)}`;
  return [
    ...row(['', 'expected', 'seen', ''], ['strong', 'strong', 'strong', 'strong']),
    rule,
    ...verdicts.flatMap(({ story, expected, seen, holds }) =>
      row(
        [story, expected, seen, holds ? '✓ as it must' : '✗ WRONG'],
        ['plain', 'plain', 'plain', holds ? 'good' : 'bad'],
      ),
    ),
    rule,
  ];
}
