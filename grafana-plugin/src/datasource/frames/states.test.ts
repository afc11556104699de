import type { Device, PatchEvent, PatchWindow } from '../../shared/api/types';
import { golden } from '../../test/golden';
import { patchChanges, type StateRange, toChanges, uptimeChanges } from './states';

const hour = 3_600_000;
const day = Date.UTC(2026, 2, 10);
const range: StateRange = { fromMs: day, toMs: day + 12 * hour, nowMs: day + 12 * hour };
const at = (hours: number) => new Date(day + hours * hour).toISOString();

const [someDevice] = golden<{ items: Device[] }>('devices').items;
const [someWindow] = golden<{ items: PatchWindow[] }>('windows').items;

function aDevice(parts: Partial<Device> = {}): Device {
  return {
    ...(someDevice as Device),
    rebootPending: false,
    rebootPendingSince: null,
    lastBootAt: null,
    stale: false,
    ...parts,
  };
}

function aWindow(parts: Partial<PatchWindow>): PatchWindow {
  return { ...(someWindow as PatchWindow), downAt: null, closedAt: null, outcome: null, verification: null, ...parts };
}

const anEvent = (type: PatchEvent['type'], hours: number) => ({ type, occurredAt: at(hours) }) as PatchEvent;

/** `[hour, state]` pairs, as short as a story. */
const story = (changes: ReturnType<typeof patchChanges>) =>
  changes.map(({ atMs, value }) => [(atMs - day) / hour, value]);

const verification = (verdict: 'passed' | 'failed', from: number, to: number): PatchWindow['verification'] => ({
  verdict,
  startedAt: at(from),
  settlesAt: at(to),
  endedAt: at(to),
  checks: [],
});

describe('patch states', () => {
  it('tells a whole patch night in order', () => {
    const events = [
      anEvent('patch.install.started', 1),
      anEvent('patch.installed', 2),
      anEvent('reboot.pending', 2),
      anEvent('reboot.completed', 4),
    ];
    const windows = [aWindow({ openedAt: at(3), endsAt: at(3.5), closedAt: at(3.25), outcome: 'returned' })];
    expect(story(patchChanges({ device: aDevice(), windows, events }, range))).toEqual([
      [0, 'No patch activity'],
      [1, 'Installing'],
      [2, 'Restart pending'],
      [3, 'Quiet'],
      [3.25, 'Restart pending'],
      [4, 'No patch activity'],
    ]);
  });

  it('is overdue from the end of the window until the device is back', () => {
    const windows = [
      aWindow({
        openedAt: at(1),
        endsAt: at(2),
        closedAt: at(2),
        outcome: 'overdue',
        verification: verification('passed', 5, 6),
      }),
    ];
    expect(story(patchChanges({ device: aDevice(), windows, events: [] }, range))).toEqual([
      [0, 'No patch activity'],
      [1, 'Quiet'],
      [2, 'Overdue'],
      [5, 'No patch activity'],
    ]);
  });

  it('stays overdue up to now while nothing says that it is back', () => {
    const windows = [aWindow({ openedAt: at(1), endsAt: at(2), closedAt: at(2), outcome: 'overdue' })];
    expect(story(patchChanges({ device: aDevice(), windows, events: [] }, range)).at(-1)).toEqual([2, 'Overdue']);
  });

  it('keeps a failed check until a later one passes', () => {
    const windows = [
      aWindow({
        openedAt: at(1),
        endsAt: at(2),
        closedAt: at(1.5),
        outcome: 'failed',
        verification: verification('failed', 1.5, 2),
      }),
      aWindow({
        openedAt: at(6),
        endsAt: at(7),
        closedAt: at(6.5),
        outcome: 'returned',
        verification: verification('passed', 6.5, 7),
      }),
    ];
    expect(story(patchChanges({ device: aDevice(), windows, events: [] }, range))).toEqual([
      [0, 'No patch activity'],
      [1, 'Quiet'],
      [1.5, 'No patch activity'],
      [2, 'Check failed'],
      [7, 'No patch activity'],
    ]);
  });

  it('says nothing of a stale device after it was last seen, but keeps what was written down', () => {
    const device = aDevice({ stale: true, lastSeenAt: at(6) });
    const windows = [aWindow({ kind: 'maintenance', openedAt: at(8), endsAt: at(9), closedAt: at(9) })];
    expect(story(patchChanges({ device, windows, events: [] }, range))).toEqual([
      [0, 'No patch activity'],
      [6, null],
      [8, 'Maintenance'],
      [9, null],
    ]);
  });

  it('believes an install that never ends for two hours', () => {
    const events = [anEvent('patch.install.started', 1)];
    expect(story(patchChanges({ device: aDevice(), windows: [], events }, range))[2]).toEqual([3, 'No patch activity']);
  });

  it('ends a pending restart with the last boot when nobody reported the restart', () => {
    const events = [anEvent('reboot.pending', 1)];
    const changes = patchChanges({ device: aDevice({ lastBootAt: at(5) }), windows: [], events }, range);
    expect(story(changes).at(-1)).toEqual([5, 'No patch activity']);
  });

  it('waits for a restart since when the device says so', () => {
    const device = aDevice({ rebootPending: true, rebootPendingSince: at(-40) });
    expect(story(patchChanges({ device, windows: [], events: [] }, range))).toEqual([[0, 'Restart pending']]);
  });

  it('knows nothing of the future', () => {
    const future = { ...range, nowMs: day + 6 * hour };
    expect(story(patchChanges({ device: aDevice(), windows: [], events: [] }, future))).toEqual([
      [0, 'No patch activity'],
      [6, null],
    ]);
  });
});

describe('up and down', () => {
  it('is down from when it went down until it is back', () => {
    const windows = [
      aWindow({ downAt: at(1), openedAt: at(1.1), endsAt: at(2), closedAt: at(1.5), outcome: 'returned' }),
      aWindow({ downAt: at(4), openedAt: at(4.1), endsAt: at(5), closedAt: at(5), outcome: 'overdue' }),
      aWindow({ kind: 'maintenance', openedAt: at(9), endsAt: at(10) }),
    ];
    const events = [anEvent('reboot.completed', 7)];
    expect(story(uptimeChanges({ device: aDevice(), windows, events }, range))).toEqual([
      [0, 'Up'],
      [1, 'Down'],
      [1.5, 'Up'],
      [4, 'Down'],
      [7, 'Up'],
    ]);
  });
});

describe('toChanges', () => {
  it('starts with what was going on before the range', () => {
    const stretches = [{ fromMs: day - hour, toMs: day + hour, value: 'Quiet' as const }];
    expect(story(toChanges(stretches, range, range.nowMs, 'No patch activity', (a) => a))).toEqual([
      [0, 'Quiet'],
      [1, 'No patch activity'],
    ]);
  });
});
