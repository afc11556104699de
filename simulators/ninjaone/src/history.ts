import type { ActivityLog } from './activities.ts';
import type { ActivityKind } from './activity-kinds.ts';
import { draftActivity } from './activity-kinds.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';

const DAY_SECONDS = 86_400;
const KINDS = [
  'scanStarted',
  'scanCompleted',
  'nodeUpdated',
  'serviceStopped',
  'serviceStarted',
] as const satisfies readonly [ActivityKind, ...ActivityKind[]];

export interface HistoryParts {
  readonly fleet: Fleet;
  readonly log: ActivityLog;
  readonly dice: Dice;
  readonly count: number;
}

/** Fills the log with the everyday activities of the day before, in time order. */
export function recordHistory({ fleet, log, dice, count }: HistoryParts): void {
  if (fleet.size === 0) return;
  for (let n = 0; n < count; n++) {
    const device = fleet.identity(dice.integer(fleet.size, 'history-device', n));
    const atUnixSeconds = fleet.epoch - DAY_SECONDS * (1 - n / count);
    const kind = dice.pick(KINDS, 'history-kind', n);
    log.record(draftActivity({ device, kind, atUnixSeconds, seriesUid: dice.uuid('history', n) }));
  }
}
