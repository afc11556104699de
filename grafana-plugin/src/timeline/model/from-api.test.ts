import events from '../../../../exporter/test/golden/api/events.json';
import windows from '../../../../exporter/test/golden/api/windows.json';
import type { PatchEvent, PatchWindow } from '../../shared/api/types';
import { timelineFromEvents, timelineFromWindows } from './from-api';

describe('timelineFromEvents', () => {
  it("reads the exporter's planned maintenance as a planned window", () => {
    const read = timelineFromEvents(events.items as PatchEvent[]);
    expect(read.windows).toMatchObject([
      { kind: 'planned', title: 'patch night', fromMs: Date.parse('2026-03-10T02:00:00Z') },
    ]);
  });

  it('names the patches of an install and links to their articles', () => {
    const [planned] = events.items as PatchEvent[];
    const installed = {
      ...planned,
      type: 'patch.installed',
      data: { patches: [{ id: 'KB5041160', title: 'Cumulative' }] },
    };
    const read = timelineFromEvents([installed as PatchEvent]);
    expect(read.events).toMatchObject([
      { kind: 'installed', detail: 'KB5041160 Cumulative', links: [{ external: true }] },
    ]);
  });

  it('leaves out what only keeps the books', () => {
    const [planned] = events.items as PatchEvent[];
    expect(timelineFromEvents([{ ...planned, type: 'device.observed' } as PatchEvent]).events).toEqual([]);
  });
});

describe('timelineFromWindows', () => {
  const read = timelineFromWindows(windows.items as PatchWindow[]);

  it("reads the exporter's open and closed windows", () => {
    expect(read.windows).toMatchObject([
      { id: 'w-1', toMs: null, endsMs: Date.parse('2026-03-10T02:28:00Z') },
      { id: 'w-0', toMs: Date.parse('2026-03-10T01:59:40Z'), outcome: 'returned' },
    ]);
  });

  it('shows the verdict of the checks as an event', () => {
    expect(read.events).toMatchObject([{ kind: 'verification-passed', detail: 'iis: answers 200' }]);
  });
});
