import type { MaintenanceFacts } from '../../domain/device.ts';
import type { Counter } from '../tally.ts';
import type { MaintenanceMode } from './api-schema.ts';
import type { ReadServerTime } from './server-time.ts';

/** Longer than this is no maintenance of an evening; the unit, or the row, is not what we take it for. */
const longestMinutes = 7 * 24 * 60;

/**
 * Maintenance with an absolute end: start and duration in minutes, as elsewhere in this API. Of two rows for a computer
 * the one that ends first is believed. What cannot be read is none: it explains nothing.
 */
export function maintenanceByComputer(
  rows: readonly MaintenanceMode[],
  readTime: ReadServerTime,
  dropped: Counter,
): ReadonlyMap<number, MaintenanceFacts> {
  const byComputer = new Map<number, MaintenanceFacts>();
  for (const { ComputerID, TimeStart, Duration } of rows) {
    const start = readTime(TimeStart, dropped);
    if (start === undefined || Duration === null || Duration === undefined) continue;
    if (Duration <= 0 || Duration > longestMinutes) continue;
    const end = start + Duration * 60;
    const known = byComputer.get(ComputerID);
    if (known === undefined || end < known.end) byComputer.set(ComputerID, { start, end });
  }
  return byComputer;
}
