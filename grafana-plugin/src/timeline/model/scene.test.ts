import fc from 'fast-check';
import { aLane, anEvent, aScene, aWindow } from './builders';
import { xOf } from './geometry';
import { isWalkKey, walk, walkKeys } from './walk';

const lanes = [aLane({ instance: 'a' }, [0, 100, 'up']), aLane({ instance: 'b' }, [0, 100, 'down'])];
const events = [
  anEvent({ id: 'a1', at: 10, ref: { instance: 'a' } }),
  anEvent({ id: 'a2', at: 50, ref: { instance: 'a' } }),
  anEvent({ id: 'b1', at: 48, ref: { instance: 'b' } }),
];

describe('hitTest', () => {
  const scene = aScene(lanes, events, [aWindow({ ref: { instance: 'b' }, from: 40, to: 60 })]);

  it('finds the marker, the window and the state under the pointer', () => {
    const hit = scene.hitTest(481, 45);
    expect(hit?.row.lane.label).toBe('b');
    expect(hit?.cluster?.id).toBe('b1');
    expect(hit?.windows).toHaveLength(1);
    expect(hit?.states[0]?.span?.state).toBe('down');
  });

  it('finds the lane alone beside a marker', () => {
    expect(scene.hitTest(700, 10)).toMatchObject({ rowIndex: 0, cluster: undefined, windows: [] });
  });

  it.each([
    [-1, 10],
    [1001, 10],
    [10, 61],
    [10, -1],
  ])('finds nothing at %p, %p', (x, y) => {
    expect(scene.hitTest(x, y)).toBeUndefined();
  });

  it('finds every marker at its own place', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(times, (at) => {
        const crowded = aScene(
          [aLane({ instance: 'a' })],
          at.map((minute) => anEvent({ id: String(minute), at: minute, ref: { instance: 'a' } })),
        );
        const [row] = crowded.rows;
        for (const cluster of row ? crowded.clustersOf(row) : []) {
          expect(crowded.hitTest(xOf(crowded.scale, cluster.fromMs), 5)?.cluster?.id).toBe(cluster.id);
        }
      }),
    );
  });
});

describe('walk', () => {
  const scene = aScene(lanes, events);
  const [a, b] = scene.rows.map((row) => row.key);
  const from = (rowKey = '', clusterId?: string) => ({ rowKey, ...(clusterId === undefined ? {} : { clusterId }) });

  it.each([
    ['from the name to the first marker', from(a), 'ArrowRight', from(a, 'a1')],
    ['along the lane', from(a, 'a1'), 'ArrowRight', from(a, 'a2')],
    ['not past the last marker', from(a, 'a2'), 'ArrowRight', from(a, 'a2')],
    ['back to the name', from(a, 'a1'), 'ArrowLeft', from(a)],
    ['down to the marker nearest in time', from(a, 'a2'), 'ArrowDown', from(b, 'b1')],
    ['down from name to name', from(a), 'ArrowDown', from(b)],
    ['not past the last lane', from(b, 'b1'), 'ArrowDown', from(b, 'b1')],
    ['to the last marker', from(a), 'End', from(a, 'a2')],
    ['a page at once', from(a), 'PageDown', from(b)],
  ] as const)('leads %s', (_, place, key, expected) => {
    expect(walk(scene, place, key, 10)).toEqual(expected);
  });

  it('always ends at a place that exists', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...walkKeys), { maxLength: 30 }), (keys) => {
        const end = keys.reduce((place, key) => walk(scene, place, key, 3), from(a) as ReturnType<typeof walk>);
        const row = scene.rows.find(({ key }) => key === end.rowKey);
        expect(row).toBeDefined();
        expect(
          end.clusterId === undefined || (row && scene.clustersOf(row).some(({ id }) => id === end.clusterId)),
        ).toBe(true);
      }),
    );
  });

  it('leaves other keys to the page', () => {
    expect(isWalkKey('Tab')).toBe(false);
  });
});
