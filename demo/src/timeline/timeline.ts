import { columns, type Paint, type Style } from './layout.ts';
import { storyClock, storyText } from './story-text.ts';

/** Short words in the third column, with their colours. */
const tags = {
  patch: 'plain',
  down: 'strong',
  up: 'strong',
  quiet: 'quiet',
  'not muted': 'strong',
  closed: 'plain',
  healthy: 'good',
  unwell: 'bad',
  PAGE: 'bad',
  resolved: 'good',
  chat: 'plain',
  explain: 'dim',
  kill: 'strong',
  exporter: 'plain',
} as const satisfies Record<string, Style>;
export type Tag = keyof typeof tags;

export interface Timeline {
  /** When the story began, epoch seconds. */
  readonly startedAtUnixSeconds: number;
  chapter(title: string): void;
  line(host: string, tag: Tag, text: string): void;
}

export interface TimelineOptions {
  readonly write: (line: string) => void;
  readonly paint: Paint;
  /** Characters per line. */
  readonly width: number;
  readonly nowUnixSeconds: () => number;
}

/** Tells what happens, one line per event: clock, machine, what it is, in words. */
export function createTimeline({ write, paint, width, nowUnixSeconds }: TimelineOptions): Timeline {
  const startedAtUnixSeconds = nowUnixSeconds();
  const left = 2 + 5 + 2 + 8 + 2 + 9 + 2;
  return {
    startedAtUnixSeconds,
    chapter: (title) => {
      write('');
      write(paint('strong', `  ${title}`));
    },
    line: (host, tag, text) => {
      const told = storyText(text, startedAtUnixSeconds).replace(new RegExp(`^${host}[: ] ?`), '');
      const lines = columns(
        [
          { text: storyClock(nowUnixSeconds(), startedAtUnixSeconds), width: 5, style: 'dim' },
          { text: host, width: 8 },
          { text: tag, width: 9, style: tags[tag] },
          { text: told, width: width - left, style: tag === 'explain' ? 'dim' : tag === 'PAGE' ? 'strong' : 'plain' },
        ],
        paint,
      );
      for (const line of lines) write(`  ${line}`);
    },
  };
}
