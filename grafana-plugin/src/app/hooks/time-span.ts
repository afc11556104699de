import { dateTime, isDateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';

/** A time span as it stands in the URL. */
export interface RawSpan {
  readonly from: string;
  readonly to: string;
}

const relative = /^now([-+]\d+[smhdwMQyf])*(\/[smhdwMQyf]+)?$/;

/** What a URL says, or the page's default when it says nothing that can be a time. */
export function narrowSpan(from: string | null, to: string | null, fallback: RawSpan): RawSpan {
  return from !== null && to !== null && isTime(from) && isTime(to) ? { from, to } : fallback;
}

function isTime(text: string): boolean {
  return relative.test(text) || /^-?\d{1,15}$/.test(text) || !Number.isNaN(Date.parse(text));
}

/** The span as Grafana's pickers want it. A span that is written backwards is turned round. */
export function toTimeRange({ from, to }: RawSpan, timeZone: string): TimeRange {
  const raw: RawTimeRange = { from: toRaw(from), to: toRaw(to) };
  const range = rangeUtil.convertRawToRange(raw, timeZone);
  return range.from.valueOf() > range.to.valueOf()
    ? { from: range.to, to: range.from, raw: { from: raw.to, to: raw.from } }
    : range;
}

function toRaw(text: string): RawTimeRange['from'] {
  if (relative.test(text)) {
    return text;
  }
  return dateTime(/^-?\d+$/.test(text) ? Number(text) : Date.parse(text));
}

/** A picked range as it goes into the URL: relative as written, absolute in Unix milliseconds. */
export function toRawSpan({ from, to }: RawTimeRange): RawSpan {
  const text = (value: RawTimeRange['from']) => (isDateTime(value) ? String(value.valueOf()) : value);
  return { from: text(from), to: text(to) };
}

/** The span of equal length that lies before (-1) or after (1) this one, by half of its length as Grafana does it. */
export function moved(range: TimeRange, direction: -1 | 1): RawSpan {
  const [fromMs, toMs] = [range.from.valueOf(), range.to.valueOf()];
  const step = direction * Math.round((toMs - fromMs) / 2);
  return { from: String(fromMs + step), to: String(toMs + step) };
}

/** Twice the span round the same middle. */
export function zoomedOut(range: TimeRange): RawSpan {
  const [fromMs, toMs] = [range.from.valueOf(), range.to.valueOf()];
  const half = Math.max(500, Math.round((toMs - fromMs) / 2));
  return { from: String(fromMs - half), to: String(toMs + half) };
}
