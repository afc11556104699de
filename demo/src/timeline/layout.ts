import { styleText } from 'node:util';

export type Style = 'plain' | 'dim' | 'good' | 'bad' | 'quiet' | 'strong';

const formats = {
  dim: ['dim'],
  good: ['green'],
  bad: ['bold', 'red'],
  quiet: ['cyan'],
  strong: ['bold'],
} as const satisfies Record<Exclude<Style, 'plain'>, readonly string[]>;

/** Paints text, or leaves it alone where nobody would see colours. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(colours: boolean): Paint {
  return (style, text) =>
    !colours || style === 'plain' ? text : styleText([...formats[style]], text, { validateStream: false });
}

/** Colours are for terminals whose owner has not asked for none (https://no-color.org). */
export function wantsColours(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** Breaks text at spaces into lines of at most `width`; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly style?: Style;
}

/** Columns side by side, cells wrapped, each padded to its width; padding is never painted. */
export function columns(cells: readonly Cell[], paint: Paint): string[] {
  const wrapped = cells.map(({ text, width }) => wrap(text, width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    cells
      .map(({ width, style = 'plain' }, i) => {
        const text = wrapped[i]?.[row] ?? '';
        const padding = ' '.repeat(Math.max(0, width - text.length));
        return text === '' ? padding : `${paint(style, text)}${padding}`;
      })
      .join('  ')
      .trimEnd(),
  );
}
