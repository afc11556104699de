import type { SimulatorClock } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Schedule } from './schedule.ts';
import type { Activity } from './wire.ts';

export type ActivityDraft = Omit<Activity, 'id'>;

interface Entry {
  readonly activity: Activity;
  readonly visibleFrom: number;
}

export interface ActivityQuery {
  readonly matches: (activity: Activity) => boolean;
  readonly newerThan?: number | undefined;
  readonly olderThan?: number | undefined;
  readonly pageSize: number;
}

export interface ActivityLog {
  /** Logs one activity now; armed faults may lose, delay, hide, double or reorder it. */
  record(draft: ActivityDraft): void;
  /** Logs it `seconds` from now, with its own activityTime: its id is then newer than its time. */
  recordLate(draft: ActivityDraft, seconds: number): void;
  /** Newest first. Both limits exclude the id itself. */
  list(query: ActivityQuery): Activity[];
  /** The newest id anyone can read. */
  readonly lastId: number;
}

/** Ids of a shared system: large from the start, and with gaps. */
const FIRST_ACTIVITY_ID = 918_200_000;
const ID_GAP_MAX = 4;

export interface ActivityLogParts {
  readonly clock: SimulatorClock;
  readonly schedule: Schedule;
  readonly faults: Faults;
  readonly dice: Dice;
  /** Called when an activity becomes readable. */
  readonly onVisible: (activity: Activity) => void;
}

export function createActivityLog({ clock, schedule, faults, dice, onVisible }: ActivityLogParts): ActivityLog {
  const entries: Entry[] = [];
  let heldBack: ActivityDraft | undefined;

  function publish(draft: ActivityDraft, hiddenSeconds = 0): void {
    const previous = entries.at(-1)?.activity.id ?? FIRST_ACTIVITY_ID;
    const activity = { id: previous + 1 + dice.integer(ID_GAP_MAX, 'activity-gap', entries.length), ...draft };
    const visibleFrom = clock.now() + hiddenSeconds;
    entries.push({ activity, visibleFrom });
    if (hiddenSeconds === 0) onVisible(activity);
    else {
      schedule.at(visibleFrom, () => {
        onVisible(activity);
      });
    }
  }

  function publishInTurn(draft: ActivityDraft): void {
    const target = draft.statusCode;
    if (heldBack === undefined && faults.take('activity-out-of-order', target)) {
      heldBack = draft;
      return;
    }
    publish(draft, faults.take('activity-hidden', target)?.seconds);
    if (faults.take('activity-duplicated', target)) publish(draft);
    if (heldBack === undefined) return;
    const earlier = heldBack;
    heldBack = undefined;
    publish(earlier);
  }

  function recordLate(draft: ActivityDraft, seconds: number): void {
    schedule.at(clock.now() + seconds, () => {
      publishInTurn(draft);
    });
  }

  return {
    record(draft) {
      if (faults.take('activity-lost', draft.statusCode)) return;
      const late = faults.take('activity-late', draft.statusCode);
      if (late === undefined) publishInTurn(draft);
      else recordLate(draft, late.seconds);
    },
    recordLate,
    list({ matches, newerThan = -1, olderThan = Infinity, pageSize }) {
      const now = clock.now();
      const page: Activity[] = [];
      for (let i = entries.length - 1; i >= 0 && page.length < pageSize; i--) {
        const entry = entries[i];
        if (entry === undefined || entry.activity.id <= newerThan) break;
        if (entry.activity.id < olderThan && entry.visibleFrom <= now && matches(entry.activity))
          page.push(entry.activity);
      }
      return page;
    },
    get lastId() {
      const now = clock.now();
      return entries.findLast(({ visibleFrom }) => visibleFrom <= now)?.activity.id ?? 0;
    },
  };
}
