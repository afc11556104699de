import { dateTimeFormat, dateTimeForTimeZone, systemDateFormats } from '@grafana/data';

/** RFC 3339 of the exporter → Unix milliseconds. */
export function toMs(time: string): number {
  return Date.parse(time);
}

/** Finds the times in a sentence of the exporter; splitting by it puts them at the odd places. */
export const rfc3339 = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))/;

const inMs = (time: string | number) => (typeof time === 'string' ? toMs(time) : time);

/** Date and time as Grafana is set to show them (zone, 12 or 24 hours). Takes RFC 3339 or Unix milliseconds. */
export function formatTime(time: string | number, timeZone?: string): string {
  return dateTimeFormat(inMs(time), { timeZone });
}

/** As `formatTime`, without the date where it is the day of `near` in that zone: for times beside one that shows it. */
export function formatTimeNear(time: string | number, near: string | number, timeZone?: string): string {
  const dayOf = (one: string | number) => dateTimeForTimeZone(timeZone, inMs(one)).format('YYYY-MM-DD');
  const format = dayOf(time) === dayOf(near) ? systemDateFormats.interval.second : undefined;
  return dateTimeFormat(inMs(time), { timeZone, ...(format !== undefined && { format }) });
}
