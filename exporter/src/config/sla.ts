import { parseDuration } from './duration.ts';
import { patchSeverities } from '../domain/patch.ts';
import type { Sla } from '../domain/audit.ts';

export const defaultSla = 'critical=14d';

/** `critical=14d,important=30d` → limits; undefined when it makes no sense. */
export function parseSla(text: string): Sla | undefined {
  const limits: [(typeof patchSeverities)[number], number][] = [];
  for (const part of text.split(',')) {
    const [word = '', duration = '', ...more] = part.trim().split('=');
    const severity = patchSeverities.find((known) => known === word.trim());
    const seconds = parseDuration(duration.trim());
    if (severity === undefined || seconds === undefined || more.length > 0) return undefined;
    limits.push([severity, seconds]);
  }
  return new Map(limits);
}
