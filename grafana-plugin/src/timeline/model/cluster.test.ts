import fc from 'fast-check';
import { anEvent, minutes } from './builders';
import { clusterEvents, expandedRange } from './cluster';
import { markerKinds } from '../types';

const range = { fromMs: 0, toMs: minutes(100) };

describe('clusterEvents', () => {
  it('shows the worst kind of a crowd', () => {
    const events = [anEvent({ at: 1, kind: 'installed' }), anEvent({ at: 2, kind: 'install-failed' })];
    const [cluster] = clusterEvents(events, range, minutes(5));
    expect(cluster).toMatchObject({ kind: 'install-failed', fromMs: minutes(1), toMs: minutes(2) });
  });

  it('takes them apart when there is room', () => {
    const events = [anEvent({ at: 1 }), anEvent({ at: 2 })];
    expect(clusterEvents(events, range, minutes(1))).toHaveLength(2);
  });

  it('keeps each event of the range in exactly one cluster, and markers apart', () => {
    const sorted = fc
      .array(fc.record({ at: fc.integer({ min: -20, max: 120 }), kind: fc.constantFrom(...markerKinds) }), {
        maxLength: 80,
      })
      .map((items) => items.map((item, i) => anEvent({ ...item, id: String(i) })).sort((a, b) => a.atMs - b.atMs));
    fc.assert(
      fc.property(sorted, fc.integer({ min: 1, max: 30 }), (events, width) => {
        const clusters = clusterEvents(events, range, minutes(width));
        const shown = events.filter((event) => event.atMs >= range.fromMs && event.atMs <= range.toMs);
        expect(clusters.flatMap((cluster) => cluster.events)).toEqual(shown);
        clusters.slice(1).forEach((cluster, i) => {
          expect(cluster.fromMs - (clusters[i]?.fromMs ?? 0)).toBeGreaterThanOrEqual(minutes(width));
        });
      }),
    );
  });
});

describe('expandedRange', () => {
  it('is wider than the crowd on both sides', () => {
    const [cluster] = clusterEvents([anEvent({ at: 10 }), anEvent({ at: 14 })], range, minutes(9));
    expect(cluster && expandedRange(cluster)).toEqual({ fromMs: minutes(9), toMs: minutes(15) });
  });

  it('is not offered for events of one moment, which no zoom takes apart', () => {
    const [cluster] = clusterEvents([anEvent({ id: 'a', at: 10 }), anEvent({ id: 'b', at: 10 })], range, minutes(9));
    expect(cluster && expandedRange(cluster)).toBeUndefined();
  });
});
