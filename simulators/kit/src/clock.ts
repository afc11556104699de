/** Time as the simulated vendor knows it, in seconds since 1970. */
export interface SimulatorClock {
  now(): number;
}

export const wallClock: SimulatorClock = { now: () => Date.now() / 1000 };

/** `YYYY-MM-DDThh:mm:ss` on the wall of that zone. */
export function wallTime(at: number, zone: string): string {
  return formatOf(zone)
    .format(at * 1000)
    .replace(' ', 'T');
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const options = { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', options);
  formats.set(zone, format);
  return format;
}
