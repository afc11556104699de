import { dateTimeFormat } from '@grafana/data';

/** RFC 3339 of the exporter → Unix milliseconds. */
export function toMs(time: string): number {
  return Date.parse(time);
}

/** Date and time as Grafana is set to show them (zone, 12 or 24 hours). Takes RFC 3339 or Unix milliseconds. */
export function formatTime(time: string | number, timeZone?: string): string {
  return dateTimeFormat(typeof time === 'string' ? toMs(time) : time, { timeZone });
}
