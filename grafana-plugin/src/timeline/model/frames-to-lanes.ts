import { type DataFrame, type Field, FieldType, getFieldDisplayName, type Labels } from '@grafana/data';
import type { LaneRef, LaneSeries, TimelineLane } from '../types';
import { refKey } from './lane-index';
import { readState, type Reading, spansOf } from './states';

export interface LaneOptions {
  readonly instanceLabel: string;
  readonly organizationLabel: string;
  /** Name of a lane, e.g. `{{organization}} / {{instance}}`; empty: the instance. */
  readonly laneLabel: string;
  /** Gap between two samples from which on a state is unknown; 0: by the distance of the samples. */
  readonly noDataAfterMs: number;
  /** Where states that hold until told otherwise end. */
  readonly untilMs: number;
}

export interface LanesRead {
  readonly lanes: readonly TimelineLane[];
  /** What a person has to change so that a frame can be read. */
  readonly problems: readonly string[];
  /** Time of the newest sample. */
  readonly newestMs?: number;
}

/** Labels that name a device where the configured one is missing. */
const fallbackLabels = ['instance', 'host', 'hostname', 'nodename', 'node', 'target'];
const valueTypes: readonly FieldType[] = [FieldType.number, FieldType.boolean, FieldType.string, FieldType.enum];

interface Column {
  readonly times: readonly number[];
  readonly field: Field;
  /** Rows of the field, for tables with a row per sample and device; all of them otherwise. */
  readonly rows?: readonly number[];
  readonly labels: Labels;
  readonly intervalMs?: number;
  readonly name: string;
}

/** Reads one lane per device from time series of any shape: wide, one frame per series, or a table with label columns. */
export function lanesFromFrames(frames: readonly DataFrame[], options: LaneOptions): LanesRead {
  const problems = new Set<string>();
  const lanes = new Map<string, { ref: LaneRef; label: string; series: LaneSeries[] }>();
  let newestMs: number | undefined;
  for (const frame of frames) {
    const query = queryName(frame);
    const time = frame.fields.find((field) => field.type === FieldType.time);
    const columns = time ? columnsOf(frame, time) : [];
    const problem = problemOf(frame, time, columns, query);
    if (problem !== undefined) {
      problems.add(problem);
    }
    for (const column of columns) {
      const ref = refOf(column, options);
      // Series that name the device in more detail belong to the same lane.
      const key = refKey({ organization: ref.organization, instance: ref.instance ?? ref.device ?? ref.deviceName });
      const known = lanes.get(key);
      const lane = known ?? { ref, label: labelOf(column.labels, ref, options), series: [] };
      lane.ref = { ...ref, ...lane.ref };
      lanes.set(key, lane);
      lane.series.push({ name: column.name, spans: spansOfColumn(column, options) });
      const last = column.times[column.times.length - 1];
      newestMs = last === undefined ? newestMs : Math.max(last, newestMs ?? last);
    }
  }
  return { lanes: [...lanes.values()], problems: [...problems], newestMs };
}

function queryName(frame: DataFrame): string {
  return frame.refId === undefined ? 'A frame' : `Query ${frame.refId}`;
}

function columnsOf(frame: DataFrame, time: Field): readonly Column[] {
  const values = frame.fields.filter((field) => field !== time && valueTypes.includes(field.type));
  const numbers = values.filter((field) => field.type === FieldType.number || field.type === FieldType.boolean);
  const words = values.filter(
    (field) => field.type === FieldType.string && Object.keys(field.labels ?? {}).length === 0,
  );
  const [state] = numbers;
  if (state && numbers.length === 1 && words.length > 0) {
    return columnsOfTable(frame, time, state, words);
  }
  return values.map((field) => ({
    times: time.values,
    field,
    labels: field.labels ?? {},
    intervalMs: time.config.interval ?? undefined,
    name: seriesName(frame, field),
  }));
}

/** A table holds all devices in one column: its rows are split by what the text columns say. */
function columnsOfTable(frame: DataFrame, time: Field, state: Field, words: readonly Field[]): readonly Column[] {
  const groups = new Map<string, { labels: Labels; rows: number[] }>();
  for (let row = 0; row < frame.length; row++) {
    const labels = Object.fromEntries(
      words.map((field): [string, string] => [field.name, String(field.values[row] ?? '')]),
    );
    const key = Object.values(labels).join('\u0000');
    const group = groups.get(key) ?? { labels, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return [...groups.values()].map(({ labels, rows }) => {
    rows.sort((a, b) => time.values[a] - time.values[b]);
    const name = labels['__name__'] ?? state.name;
    return { times: rows.map((row) => time.values[row]), field: state, rows, labels, name };
  });
}

function seriesName(frame: DataFrame, field: Field): string {
  const labels = field.labels ?? {};
  const name = [labels['__name__'], labels['job']].filter(Boolean).join(' ');
  return field.config.displayName ?? (name || getFieldDisplayName(field, frame));
}

function refOf({ labels, name }: Column, options: LaneOptions): LaneRef {
  const label = [options.instanceLabel, ...fallbackLabels].find((candidate) => labels[candidate]);
  const organization = labels[options.organizationLabel];
  const { device, name: deviceName } = labels;
  const instance = label === undefined ? (device || deviceName ? undefined : name) : labels[label];
  return {
    ...(organization ? { organization } : {}),
    ...(instance ? { instance } : {}),
    ...(device ? { device } : {}),
    ...(deviceName ? { deviceName } : {}),
  };
}

function labelOf(labels: Labels, ref: LaneRef, { laneLabel }: LaneOptions): string {
  const values: Labels = { ...labels, instance: ref.instance ?? '', organization: ref.organization ?? '' };
  const text = laneLabel.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => values[name] ?? '').trim();
  return text || (ref.instance ?? ref.deviceName ?? ref.device ?? '');
}

function spansOfColumn({ times, field, rows, intervalMs }: Column, options: LaneOptions) {
  const cache = new Map<unknown, Reading>();
  const mapped = (field.config.mappings?.length ?? 0) > 0 || field.type === FieldType.enum;
  const read = (index: number): Reading => {
    const value: unknown = field.values[rows?.[index] ?? index];
    const known = cache.get(value);
    if (known) {
      return known;
    }
    const shown = mapped && value !== null && value !== undefined ? field.display?.(value) : undefined;
    const reading = { ...readState(value, shown?.text), ...(shown?.color !== undefined && { color: shown.color }) };
    cache.set(value, reading);
    return reading;
  };
  // A given limit is a gap of one and a half intervals, as spans are cut there.
  const forced = options.noDataAfterMs > 0 ? options.noDataAfterMs / 1.5 : undefined;
  return spansOf(times, read, { intervalMs: forced ?? intervalMs, untilMs: options.untilMs });
}

function problemOf(frame: DataFrame, time: Field | undefined, columns: readonly Column[], query: string) {
  if (frame.length === 0 && frame.fields.length === 0) {
    return undefined;
  }
  if (!time) {
    return `${query} has no time field. In Prometheus choose the type Range and the format Time series.`;
  }
  if (columns.length === 0) {
    return `${query} has a time but no value field. A lane needs numbers (1 up, 0 down) or state words.`;
  }
  if (frame.length === 1 && columns.every((column) => column.field.type === FieldType.number)) {
    return `${query} has one sample per device. In Prometheus choose the type Range, not Instant.`;
  }
  const odd = columns.find((column) => isMeasurement(column.field));
  return odd === undefined
    ? undefined
    : `${query} has values above 1 in "${odd.name}", which count as up. A lane needs 1 for up and 0 for down: add value mappings or compare, as in "… > bool 0".`;
}

function isMeasurement(field: Field): boolean {
  return (
    field.type === FieldType.number &&
    (field.config.mappings?.length ?? 0) === 0 &&
    field.values.slice(0, 500).some((value) => typeof value === 'number' && value > 1)
  );
}
