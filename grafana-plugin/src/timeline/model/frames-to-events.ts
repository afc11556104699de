import { type DataFrame, type Field, FieldType } from '@grafana/data';
import { isEventFrame } from '../../shared/frames/event-frame';
import type { LaneRef, TimelineEvent, TimelineLink, TimelineWindow } from '../types';
import { isWindowKind, kindFromWord, kindLabels } from './kinds';
import { isSafeHref, linkOf, linksInText, plainText } from './text-links';

export interface EventsRead {
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
  readonly problems: readonly string[];
}

/** Columns by what they hold; the first name that exists is taken. Names are compared in lower case. */
const columnNames = {
  time: ['time'],
  timeEnd: ['timeend', 'time_end', 'end'],
  endsAt: ['endsat', 'ends_at'],
  title: ['title'],
  text: ['text', 'description', 'body'],
  tags: ['tags'],
  id: ['id'],
  kind: ['kind', 'type'],
  severity: ['severity'],
  outcome: ['outcome', 'verdict', 'result'],
  device: ['device'],
  deviceName: ['devicename', 'device_name'],
  instance: ['instance'],
  organization: ['organization'],
  href: ['href', 'url', 'link'],
  runbook: ['runbook', 'runbookurl', 'runbook_url'],
  article: ['article', 'kburl', 'kb_url'],
  ticket: ['ticket', 'ticketurl', 'ticket_url'],
} as const;
type Column = keyof typeof columnNames;

const linkTitles: ReadonlyArray<readonly [Column, string]> = [
  ['runbook', 'Runbook'],
  ['article', 'Vendor article'],
  ['ticket', 'Ticket'],
  ['href', 'Details'],
];

/** A frame of dated things (annotations, or the data source's event frame) and not of states. */
export function isEventsFrame(frame: DataFrame): boolean {
  if (frame.meta?.dataTopic === 'annotations' || isEventFrame(frame)) {
    return true;
  }
  const names = new Set(frame.fields.map((field) => field.name.toLowerCase()));
  const says = names.has('title') || names.has('text');
  return names.has('time') && says && ['kind', 'tags', 'timeend', 'id'].some((name) => names.has(name));
}

/** Reads events and windows from event frames and from the annotations of a dashboard. */
export function eventsFromFrames(frames: readonly DataFrame[]): EventsRead {
  const events: TimelineEvent[] = [];
  const windows: TimelineWindow[] = [];
  const problems: string[] = [];
  const wordLinks = rememberLinks();
  for (const frame of frames) {
    const columns = findColumns(frame);
    if (columns.time?.type !== FieldType.time && columns.time?.type !== FieldType.number) {
      problems.push(`${nameOf(frame)} has no time field, so its events cannot be placed.`);
      continue;
    }
    let withoutTime = 0;
    for (let row = 0; row < frame.length; row++) {
      const item = readRow(columns, row, wordLinks);
      if (item === undefined) {
        withoutTime++;
      } else if ('atMs' in item) {
        events.push(item);
      } else {
        windows.push(item);
      }
    }
    if (withoutTime > 0) {
      problems.push(`${nameOf(frame)} has ${withoutTime} event${withoutTime === 1 ? '' : 's'} without a valid time.`);
    }
  }
  return { events, windows, problems };
}

function nameOf(frame: DataFrame): string {
  return frame.refId === undefined ? `Annotation ${frame.name ?? ''}`.trim() : `Query ${frame.refId}`;
}

type Columns = Partial<Record<Column, Field>>;

function findColumns(frame: DataFrame): Columns {
  const byName = new Map(frame.fields.map((field) => [field.name.toLowerCase(), field]));
  const columns: Columns = {};
  for (const column of Object.keys(columnNames) as Column[]) {
    const name = columnNames[column].find((candidate) => byName.has(candidate));
    columns[column] = name === undefined ? undefined : byName.get(name);
  }
  columns.time ??= frame.fields.find((field) => field.type === FieldType.time);
  return columns;
}

type LinksOf = (words: string) => readonly TimelineLink[];

/** A fleet says the same of the same update thousands of times. */
function rememberLinks(): LinksOf {
  const known = new Map<string, readonly TimelineLink[]>();
  return (words) => {
    const links = known.get(words) ?? linksInText(words);
    known.set(words, links);
    return links;
  };
}

function readRow(columns: Columns, row: number, wordLinks: LinksOf): TimelineEvent | TimelineWindow | undefined {
  const text = (column: Column) => textOf(columns[column]?.values[row]);
  const atMs = timeOf(columns.time?.values[row]);
  if (atMs === undefined) {
    return undefined;
  }
  const endMs = timeOf(columns.timeEnd?.values[row]);
  const tags = readTags(columns.tags?.values[row]);
  const outcome = text('outcome') ?? tags.get('outcome');
  const kind = kindFromWord(text('kind') ?? tags.get('kind') ?? 'note', outcome);
  const rawDetail = text('text') ?? '';
  const detail = plainText(rawDetail);
  const title = plainText(text('title') ?? '') || detail.split('\n')[0] || kindLabels[kind];
  const ref = readRef(text, tags);
  const links = readLinks(columns, row, text, wordLinks(`${title} ${rawDetail}`));
  const shared = {
    id: text('id') ?? [kind, ref.organization, ref.instance, ref.device, atMs, title].join('/'),
    ref,
    title,
    ...(detail && detail !== title ? { detail } : {}),
    ...(links.length > 0 ? { links } : {}),
  };
  if (isWindowKind(kind)) {
    const endsMs = timeOf(columns.endsAt?.values[row]);
    return {
      ...shared,
      kind,
      fromMs: atMs,
      toMs: endMs !== undefined && endMs > atMs ? endMs : null,
      ...(endsMs === undefined ? {} : { endsMs }),
      ...(outcome ? { outcome } : {}),
    };
  }
  const severity = text('severity') ?? tags.get('severity');
  return {
    ...shared,
    kind,
    atMs,
    ...(endMs !== undefined && endMs > atMs ? { endMs } : {}),
    ...(severity ? { severity } : {}),
  };
}

function readRef(text: (column: Column) => string | undefined, tags: ReadonlyMap<string, string>): LaneRef {
  const of = (column: 'organization' | 'instance' | 'device') => text(column) ?? tags.get(column);
  const [organization, instance, device, deviceName] = [
    of('organization'),
    of('instance'),
    of('device'),
    text('deviceName'),
  ];
  return {
    ...(organization ? { organization } : {}),
    ...(instance ? { instance } : {}),
    ...(device ? { device } : {}),
    ...(deviceName ? { deviceName } : {}),
  };
}

function readLinks(
  columns: Columns,
  row: number,
  text: (column: Column) => string | undefined,
  inWords: readonly TimelineLink[],
): readonly TimelineLink[] {
  const links = new Map<string, TimelineLink>();
  for (const [column, title] of linkTitles) {
    const href = text(column);
    if (href !== undefined && isSafeHref(href)) {
      links.set(href, linkOf(title, href));
    }
  }
  for (const field of [columns.title, columns.text]) {
    for (const link of field?.config.links?.length ? (field.getLinks?.({ valueRowIndex: row }) ?? []) : []) {
      links.set(link.href, { ...linkOf(link.title, link.href), external: link.target === '_blank' });
    }
  }
  if (links.size === 0) {
    return inWords;
  }
  inWords.forEach((link) => links.set(link.href, links.get(link.href) ?? link));
  return [...links.values()];
}

/** `device:web-01` → device. Tags may come as a list or separated by commas. */
function readTags(value: unknown): ReadonlyMap<string, string> {
  const tags = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];
  return new Map(
    tags.flatMap((tag): Array<[string, string]> => {
      const colon = tag.indexOf(':');
      return colon > 0 ? [[tag.slice(0, colon).trim().toLowerCase(), tag.slice(colon + 1).trim()]] : [];
    }),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) && value > 0 ? value : undefined;
  }
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
