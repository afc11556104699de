import { type RawSpan, toTimeRange } from './time-span';

/** A span as the exporter's `from` and `to`, RFC 3339. */
export interface QuerySpan {
  readonly from: string;
  /** Left out when the span runs to now: the newest belongs to it. */
  readonly to?: string;
}

/**
 * Resolves a span at the moment of asking. The beginning is cut to the minute, so that equal questions have equal addresses
 * and the browser can use its ETag.
 */
export function toQuerySpan(span: RawSpan, timeZone: string): QuerySpan {
  const range = toTimeRange(span, timeZone);
  const from = new Date(Math.floor(range.from.valueOf() / 60_000) * 60_000).toISOString();
  return range.raw.to === 'now' ? { from } : { from, to: new Date(range.to.valueOf()).toISOString() };
}
