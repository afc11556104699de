/** A point in time in seconds since 1970-01-01T00:00:00Z; fractions allowed. The only time unit inside the product. */
export type UnixSeconds = number;

/** Where "now" comes from. Product code takes one as an argument, so tests and scaled runs decide what time it is. */
export interface Clock {
  now(): UnixSeconds;
}

export const systemClock: Clock = { now: () => Date.now() / 1000 };

/** RFC 3339 in UTC with millisecond precision, the form every JSON body uses. */
export function toRfc3339(at: UnixSeconds): string {
  return new Date(at * 1000).toISOString();
}

/** Parses RFC 3339; returns undefined for anything that is not a real instant with a zone. */
export function fromRfc3339(text: string): UnixSeconds | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
