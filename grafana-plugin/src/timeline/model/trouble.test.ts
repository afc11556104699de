import { aLane, anEvent, aWindow, minutes } from './builders';
import { buildLaneRows } from './lane-rows';
import { rankRows } from './sort-rows';
import { type Trouble, troubleOf } from './trouble';
import type { LaneState, TimelineEvent, TimelineWindow } from '../types';

const ref = { instance: 'web-01' };

function trouble(state: LaneState | undefined, events: readonly TimelineEvent[], windows: readonly TimelineWindow[]) {
  const lane = state === undefined ? aLane(ref) : aLane(ref, [0, 50, 'up'], [50, 200, state]);
  const [row] = buildLaneRows([lane], events, windows).rows;
  return row && troubleOf(row, minutes(100));
}

const open = aWindow({ from: 90, endsMs: minutes(120) });
const ranOut = aWindow({ from: 50, endsMs: minutes(80) });
const overdue = aWindow({ from: 50, to: 80, outcome: 'overdue' });

describe('troubleOf', () => {
  it('takes a state that is known up to now for how it stands', () => {
    const [row] = buildLaneRows([aLane(ref, [0, 100, 'up'])], [], []).rows;
    expect(row && troubleOf(row, minutes(100))).toBe('none');
    expect(row && troubleOf(row, minutes(101))).toBe('no-data');
  });

  it.each<[string, LaneState | undefined, TimelineEvent[], TimelineWindow[], Trouble]>([
    ['all is well', 'up', [], [], 'none'],
    ['it is down', 'down', [], [], 'down'],
    ['it is down inside an open quiet window', 'down', [], [open], 'down-explained'],
    ['it is down past the end of its window', 'down', [], [ranOut], 'overdue'],
    ['its window was closed as overdue', 'down', [], [overdue], 'overdue'],
    ['its window was overdue but it is back', 'up', [], [overdue], 'none'],
    [
      'it is down and only a planned window covers it',
      'down',
      [],
      [aWindow({ kind: 'planned', from: 90, to: 120 })],
      'down',
    ],
    ['it is down in a maintenance window', 'down', [], [aWindow({ kind: 'maintenance', from: 90 })], 'down'],
    ['no sample says how it is', 'unknown', [], [], 'no-data'],
    ['no data past its window', 'unknown', [], [ranOut], 'overdue'],
    ['a check failed', 'up', [anEvent({ at: 60, kind: 'verification-failed' })], [], 'verification-failed'],
    [
      'a check failed and then passed',
      'up',
      [anEvent({ at: 60, kind: 'verification-failed' }), anEvent({ at: 70, kind: 'verification-passed' })],
      [],
      'none',
    ],
    ['an install failed', 'up', [anEvent({ at: 60, kind: 'install-failed' })], [], 'install-failed'],
    ['a reboot is pending', 'up', [anEvent({ at: 60, kind: 'reboot-pending' })], [], 'reboot-pending'],
    [
      'the pending reboot was done',
      'up',
      [anEvent({ at: 60, kind: 'reboot-pending' }), anEvent({ at: 70, kind: 'reboot' })],
      [],
      'none',
    ],
    ['what fails lies in the future', 'up', [anEvent({ at: 160, kind: 'install-failed' })], [], 'none'],
    ['a window is open and it is up', 'up', [], [open], 'window-open'],
    ['it has no uptime series', undefined, [], [], 'none'],
  ])('when %s', (_, state, events, windows, expected) => {
    expect(trouble(state, events, windows)).toBe(expected);
  });

  it('is down when one of several series is', () => {
    const lane = {
      ...aLane(ref),
      series: [...aLane(ref, [0, 200, 'up']).series, ...aLane(ref, [0, 200, 'down']).series],
    };
    const [row] = buildLaneRows([lane], [], []).rows;
    expect(row && troubleOf(row, minutes(100))).toBe('down');
  });
});

describe('rankRows', () => {
  const lanes = [
    aLane({ instance: 'srv-10', organization: 'a' }, [0, 200, 'up']),
    aLane({ instance: 'srv-9', organization: 'b' }, [0, 200, 'up']),
    aLane({ instance: 'srv-11', organization: 'b' }, [0, 200, 'down']),
  ];
  const { rows } = buildLaneRows(lanes, [], []);

  it.each([
    ['trouble', ['srv-11', 'srv-9', 'srv-10']],
    ['name', ['srv-9', 'srv-10', 'srv-11']],
    ['organization', ['srv-10', 'srv-9', 'srv-11']],
  ] as const)('by %s', (sort, names) => {
    expect(rankRows(rows, sort, minutes(100)).map((row) => row.lane.label)).toEqual(names);
  });
});
