import type { LedgerLine, PatchEvent, Source } from '../../../shared/api/types';
import {
  MAINTENANCE_WINDOW,
  OPENED_LINE,
  OVERDUE_WINDOW,
  PLANNED_WINDOW,
  QUIET_WINDOW,
  REFUSED_LINE,
  UNHEALTHY_WINDOW,
} from '../../../test/fixtures';
import { golden, goldenNow } from '../../../test/golden';
import { comingPlans, notMuted, silentSources, sortWindows } from './tonight-model';

const all = [PLANNED_WINDOW, MAINTENANCE_WINDOW, QUIET_WINDOW, UNHEALTHY_WINDOW, OVERDUE_WINDOW];
const ids = (windows: ReadonlyArray<{ id: string }>) => windows.map(({ id }) => id);

describe('sortWindows', () => {
  it('puts each window in one place', () => {
    const night = sortWindows(all, goldenNow);
    expect(Object.fromEntries(Object.entries(night).map(([name, windows]) => [name, ids(windows)]))).toEqual({
      overdue: ['w-overdue'],
      unhealthy: ['w-unhealthy'],
      quiet: ['w-1'],
      checking: [],
      maintenance: ['w-maintenance'],
      planned: ['w-planned'],
    });
  });

  it('takes a window past its end for overdue, though nobody has closed it', () => {
    const after = Date.parse(QUIET_WINDOW.endsAt);
    expect(ids(sortWindows([QUIET_WINDOW], after - 1).quiet)).toEqual(['w-1']);
    const night = sortWindows([QUIET_WINDOW], after);
    expect(night.quiet).toEqual([]);
    expect(ids(night.overdue)).toEqual(['w-1']);
  });

  it('forgets what came before the newest window of a device', () => {
    const back = {
      ...OVERDUE_WINDOW,
      id: 'w-later',
      openedAt: '2026-03-10T01:50:00.000Z',
      outcome: 'returned' as const,
    };
    expect(sortWindows([OVERDUE_WINDOW, back], goldenNow).overdue).toEqual([]);
  });

  it('shows first what ends first', () => {
    const sooner = { ...QUIET_WINDOW, id: 'w-2', device: 'x', endsAt: '2026-03-10T02:05:00.000Z' };
    expect(ids(sortWindows([QUIET_WINDOW, sooner], goldenNow).quiet)).toEqual(['w-2', 'w-1']);
  });
});

describe('notMuted', () => {
  it('leaves out an outage that was refused first and muted once evidence came', () => {
    const first: LedgerLine = { ...OPENED_LINE, action: 'refused', at: '2026-03-10T01:58:01.000Z' };
    expect(notMuted([OPENED_LINE, first], [])).toEqual([]);
  });

  it('tells the last reason of each outage, newest outage first', () => {
    const last: LedgerLine = { ...REFUSED_LINE, at: '2026-03-10T01:50:00.000Z', reason: 'already_firing' };
    const other: LedgerLine = { ...REFUSED_LINE, device: 'x', at: '2026-03-10T01:59:00.000Z' };
    expect(notMuted([REFUSED_LINE, last, other], [])).toEqual([other, last]);
  });
});

describe('notMuted of a device that is overdue', () => {
  const of = (reason: string): LedgerLine => ({ ...REFUSED_LINE, device: OVERDUE_WINDOW.device, reason });

  it('does not repeat that its outage has been paged', () => {
    expect(notMuted([of('already_firing')], [OVERDUE_WINDOW])).toEqual([]);
    expect(notMuted([of('already_firing')], [])).toHaveLength(1);
  });

  it('tells what is another reason', () => {
    expect(notMuted([of('no_evidence')], [OVERDUE_WINDOW])).toHaveLength(1);
  });
});

describe('comingPlans', () => {
  const [event] = golden<{ items: PatchEvent[] }>('events').items;
  const announced = (data: object): PatchEvent => ({ ...event!, data: { ...event!.data, ...data } });
  const tomorrow = { start: '2026-03-11T02:00:00.000Z', end: '2026-03-11T03:00:00.000Z' };

  it('holds what is announced and what was planned by hand, each once, the next first', () => {
    const again = announced({ id: PLANNED_WINDOW.id, start: PLANNED_WINDOW.openedAt, end: PLANNED_WINDOW.endsAt });
    expect(ids(comingPlans([announced(tomorrow), again], [PLANNED_WINDOW], goldenNow))).toEqual(['w-planned', 'm-1']);
  });

  it('leaves out what has begun, what was ended, and what is no whole plan', () => {
    const ended: PatchEvent = { ...event!, type: 'maintenance.ended', data: { id: 'm-1' } };
    expect(comingPlans([announced({ start: '2026-03-10T02:00:00.000Z' })], [], goldenNow)).toEqual([]);
    expect(comingPlans([announced(tomorrow), ended], [], goldenNow)).toEqual([]);
    expect(comingPlans([announced({ ...tomorrow, owner: 7 })], [], goldenNow)).toEqual([]);
  });
});

describe('silentSources', () => {
  const [source] = golden<{ items: Source[] }>('sources').items;
  const at = (lastSuccessAt: string | null, up: boolean | null): Source => ({ ...source!, lastSuccessAt, up });

  it.each([
    ['is down', at('2026-03-10T02:00:00.000Z', false), 1],
    ['has not answered for more than three polls', at('2026-03-10T01:45:00.000Z', true), 1],
    ['answered lately', at('2026-03-10T01:45:10.000Z', true), 0],
    ['was not read yet', at(null, null), 0],
    ['sends by itself, at no fixed time', { ...at('2026-03-09T01:45:10.000Z', true), intervalSeconds: 0 }, 0],
  ])('counts a source that %s: %#', (_name, it, count) => {
    expect(silentSources([it], goldenNow)).toHaveLength(count);
  });
});
