import type { LaneRef, TimelineEvent, TimelineLane, TimelineWindow } from '../types';
import { LaneIndex, refKey } from './lane-index';

/** A lane with what belongs to it. Events are sorted by time, windows by their start. */
export interface LaneRow {
  readonly key: string;
  readonly lane: TimelineLane;
  /** `organization` and `unassigned` rows carry what names no device. */
  readonly scope: 'device' | 'organization' | 'unassigned';
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
}

export interface LaneRows {
  readonly rows: readonly LaneRow[];
  /** Devices with events or windows that no uptime series belongs to. */
  readonly withoutUptime: number;
  /** Names that more than one lane answers to: their events stand on a lane of their own. */
  readonly ambiguous: readonly string[];
  /** Events and windows that name neither a device nor an organization. */
  readonly unassigned: number;
}

interface Draft {
  key: string;
  lane: TimelineLane;
  scope: LaneRow['scope'];
  events: TimelineEvent[];
  windows: TimelineWindow[];
}

/** Gives each event and window to the lane it belongs to. What fits no lane, or more than one, gets a lane of its own. */
export function buildLaneRows(
  lanes: readonly TimelineLane[],
  events: readonly TimelineEvent[],
  windows: readonly TimelineWindow[],
): LaneRows {
  const subjects = { events: uniqueById(events), windows: uniqueById(windows) };
  const index = new LaneIndex(
    lanes,
    [...subjects.events, ...subjects.windows].map((subject) => subject.ref),
  );
  const drafts = new Map<string, Draft>();
  for (const lane of lanes) {
    const key = refKey(lane.ref);
    drafts.set(key, { key, lane, scope: 'device', events: [], windows: [] });
  }
  const ambiguous = new Set<string>();
  const draftFor = (ref: LaneRef): Draft => {
    const match = index.find(ref);
    if (match.ambiguous) {
      ambiguous.add(nameOf(ref));
    }
    const key = match.lane ? refKey(match.lane.ref) : strayKey(ref);
    const found = drafts.get(key);
    if (found) {
      return found;
    }
    const draft = strayDraft(key, ref, match.ambiguous);
    drafts.set(key, draft);
    return draft;
  };
  subjects.events.forEach((event) => draftFor(event.ref).events.push(event));
  subjects.windows.forEach((window) => draftFor(window.ref).windows.push(window));
  const rows = [...drafts.values()];
  for (const row of rows) {
    row.events.sort((a, b) => a.atMs - b.atMs);
    row.windows.sort((a, b) => a.fromMs - b.fromMs);
  }
  const unassigned = rows.find((row) => row.scope === 'unassigned');
  return {
    rows,
    withoutUptime: rows.filter((row) => row.scope === 'device' && row.lane.series.length === 0).length,
    ambiguous: [...ambiguous],
    unassigned: unassigned ? unassigned.events.length + unassigned.windows.length : 0,
  };
}

/** The last one of an id wins: a window that was read again has closed since. */
function uniqueById<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function nameOf(ref: LaneRef): string {
  return ref.deviceName ?? ref.instance ?? ref.device ?? ref.organization ?? '';
}

function strayKey(ref: LaneRef): string {
  return `stray\u0000${ref.organization ?? ''}\u0000${ref.device ?? ref.instance ?? ref.deviceName ?? ''}`;
}

function strayDraft(key: string, ref: LaneRef, ambiguous: boolean): Draft {
  const name = ref.deviceName ?? ref.instance ?? ref.device;
  if (name !== undefined) {
    const label = ambiguous ? `${name} (several lanes match)` : name;
    return {
      key,
      lane: { ref, label, series: [] },
      scope: 'device',
      events: [],
      windows: [],
    };
  }
  const scope = ref.organization === undefined ? 'unassigned' : 'organization';
  const label = scope === 'organization' ? `${ref.organization}: whole organization` : 'Without a device';
  return {
    key,
    lane: { ref, label, series: [] },
    scope,
    events: [],
    windows: [],
  };
}
