import { z } from 'zod';

const unitSeconds = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 } as const;
const pattern =
  /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;

/** `14d`, `1h30m`, `500ms` → seconds; undefined for anything else, also for a number without a unit. */
export function parseDuration(text: string): number | undefined {
  const match = text === '' ? null : pattern.exec(text);
  if (match === null) return undefined;
  const [, d, h, m, s, ms] = match;
  const parts = { d, h, m, s, ms };
  const total = Object.entries(unitSeconds).reduce(
    (sum, [unit, seconds]) => sum + Number(parts[unit as keyof typeof parts] ?? 0) * seconds,
    0,
  );
  return Number(total.toFixed(3));
}

/** Seconds → the shortest exact form, for documentation and messages. */
export function formatDuration(seconds: number): string {
  let restMs = Math.round(seconds * 1000);
  if (restMs === 0) return '0s';
  let text = '';
  for (const [unit, size] of Object.entries(unitSeconds)) {
    const count = Math.floor(restMs / (size * 1000));
    if (count > 0) text += `${String(count)}${unit}`;
    restMs -= count * size * 1000;
  }
  return text;
}

interface DurationLimits {
  readonly min?: string;
  readonly max?: string;
}

/** A duration in the file, seconds in the configuration. */
export function duration({ min = '0s', max }: DurationLimits = {}) {
  const low = parseDuration(min) ?? 0;
  const high = max === undefined ? Infinity : (parseDuration(max) ?? Infinity);
  return z
    .string({ error: 'must be a duration such as 30s, 5m or 1h30m' })
    .transform((text, context): number => {
      const seconds = parseDuration(text);
      if (seconds !== undefined && seconds >= low && seconds <= high) return seconds;
      const message =
        seconds === undefined
          ? `"${text}" is not a duration such as 30s, 5m or 1h30m`
          : `${text} is outside ${min} to ${max ?? 'any length'}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ typeName: 'duration' });
}
