import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';

/** `meta.custom.kind` of a frame whose rows are patch events and windows. */
export const eventFrameKind = 'patchhaven-events';

/** Dated things, worst first. */
export const markerKinds = [
  'page',
  'verification-failed',
  'install-failed',
  'gate-failed',
  'reboot',
  'reboot-pending',
  'install-started',
  'installed',
  'verification-passed',
  'gate-passed',
  'ticket',
  'note',
] as const;

/** Stretches of time. `planned` has not opened yet and mutes nothing. */
export const regionKinds = ['quiet', 'maintenance', 'planned'] as const;

export const eventKinds = [...markerKinds, ...regionKinds] as const;
export type EventKind = (typeof eventKinds)[number];

export const eventSeverities = ['critical', 'warning', 'info', 'ok'] as const;
export type EventSeverity = (typeof eventSeverities)[number];

/** One row of an event frame. Times are Unix milliseconds; the properties are the field names, in this order. */
export interface EventRow {
  readonly time: number;
  /** When it ended. null: a point in time, or a window that is still open (`endsAt` says until when at most). */
  readonly timeEnd: number | null;
  readonly title: string;
  /** Plain text, never markup. */
  readonly text: string;
  readonly kind: EventKind;
  readonly severity: EventSeverity;
  /** `<source>:<vendor id>`; null for what belongs to no single device. */
  readonly device: string | null;
  readonly deviceName: string | null;
  /** Prometheus label; null while the device is matched to none. */
  readonly instance: string | null;
  readonly organization: string | null;
  /** Path inside Grafana, without sub path. */
  readonly href: string | null;
  /** Two rows of one id are one event. */
  readonly id: string;
  /** Absolute end of a window, fixed when it opened. */
  readonly endsAt: number | null;
  /** How a window or a check ended: `returned`, `overdue`, `passed`, … */
  readonly outcome: string | null;
}

const fieldTypes = {
  time: FieldType.time,
  timeEnd: FieldType.time,
  title: FieldType.string,
  text: FieldType.string,
  kind: FieldType.string,
  severity: FieldType.string,
  device: FieldType.string,
  deviceName: FieldType.string,
  instance: FieldType.string,
  organization: FieldType.string,
  href: FieldType.string,
  id: FieldType.string,
  endsAt: FieldType.time,
  outcome: FieldType.string,
} satisfies Record<keyof EventRow, FieldType>;

const fieldNames = Object.keys(fieldTypes) as Array<keyof EventRow>;

/** Rows → frame, sorted by time, the first of equal ids kept. */
export function toEventFrame(
  rows: readonly EventRow[],
  { refId, name }: { refId?: string; name?: string } = {},
): DataFrame {
  const byId = new Map<string, EventRow>();
  for (const row of rows) {
    if (!byId.has(row.id)) {
      byId.set(row.id, row);
    }
  }
  const sorted = [...byId.values()].sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  return createDataFrame({
    refId,
    name,
    meta: { custom: { kind: eventFrameKind } },
    fields: fieldNames.map((field) => ({
      name: field,
      type: fieldTypes[field],
      config: {},
      values: sorted.map((row) => row[field]),
    })),
  });
}

export function isEventFrame(frame: DataFrame): boolean {
  return frame.meta?.custom?.['kind'] === eventFrameKind;
}

/** Frame → rows. Leaves out rows without a valid time; what is missing or of a wrong type becomes null or neutral. */
export function readEventFrame(frame: DataFrame): EventRow[] {
  const columns = new Map(frame.fields.map(({ name, values }) => [name, values]));
  const at = (name: keyof EventRow, index: number): unknown => columns.get(name)?.[index];
  const rows: EventRow[] = [];
  for (let index = 0; index < frame.length; index += 1) {
    const time = toNumber(at('time', index));
    if (time === null) {
      continue;
    }
    const text = (name: keyof EventRow) => toText(at(name, index));
    rows.push({
      time,
      timeEnd: toNumber(at('timeEnd', index)),
      title: text('title') ?? '',
      text: text('text') ?? '',
      kind: oneOf(eventKinds, at('kind', index)) ?? 'note',
      severity: oneOf(eventSeverities, at('severity', index)) ?? 'info',
      device: text('device'),
      deviceName: text('deviceName'),
      instance: text('instance'),
      organization: text('organization'),
      href: text('href'),
      id: text('id') ?? `${time}/${index}`,
      endsAt: toNumber(at('endsAt', index)),
      outcome: text('outcome'),
    });
  }
  return rows;
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find((word) => word === value);
}
