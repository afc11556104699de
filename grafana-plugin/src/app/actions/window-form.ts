export interface NamedDevice {
  readonly id: string;
  readonly name: string;
}

/** Up to the cap of a maintenance window (4 h by default); the exporter refuses what is longer than its own cap. */
export const durations = [
  { value: 15, label: '15 minutes' },
  { value: 30, label: '30 minutes' },
  { value: 60, label: '1 hour' },
  { value: 120, label: '2 hours' },
  { value: 240, label: '4 hours' },
];

/** Unix milliseconds of an end on a full minute, never later than asked for. */
export function endAfter(nowMs: number, minutes: number): number {
  return Math.floor(nowMs / 60_000 + minutes) * 60_000;
}

/** Unix milliseconds of the next full hour: where planning begins. */
export function nextHour(nowMs: number): number {
  return (Math.floor(nowMs / 3_600_000) + 1) * 3_600_000;
}

const named = 5;

/** `a, b and 7 more`. */
export function namesOf(devices: readonly NamedDevice[]): string {
  const names = devices.slice(0, named).map(({ name }) => name);
  const rest = devices.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}
