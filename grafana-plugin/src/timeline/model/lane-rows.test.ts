import { aLane, anEvent, aWindow } from './builders';
import { buildLaneRows } from './lane-rows';

const web = aLane({ instance: 'web-01:9182', organization: 'acme' }, [0, 100, 'up']);

function rowOf(rows: ReturnType<typeof buildLaneRows>, label: string) {
  return rows.rows.find((row) => row.lane.label === label);
}

describe('buildLaneRows', () => {
  it.each([
    [{ instance: 'web-01:9182', organization: 'acme' }],
    [{ instance: 'web-01:9182' }],
    [{ device: 'web-01' }],
    [{ deviceName: 'WEB-01', organization: 'acme' }],
    [{ device: 'ninja:1', instance: 'web-01', organization: 'acme' }],
  ])('finds the lane of %p', (ref) => {
    const rows = buildLaneRows([web], [anEvent({ ref })], []);
    expect(rows.rows).toHaveLength(1);
    expect(rowOf(rows, 'web-01:9182')?.events).toHaveLength(1);
  });

  it('never draws an event on a lane of another organization', () => {
    const rows = buildLaneRows([web], [anEvent({ ref: { instance: 'web-01:9182', organization: 'northwind' } })], []);
    expect(rowOf(rows, 'web-01:9182')?.events).toEqual([]);
    expect(rows.withoutUptime).toBe(1);
  });

  it('gives a lane without organization to none of two that claim it', () => {
    const lane = aLane({ instance: 'web-01' }, [0, 100, 'up']);
    const events = ['acme', 'northwind'].map((organization) =>
      anEvent({ id: organization, ref: { instance: 'web-01', organization } }),
    );
    const rows = buildLaneRows([lane], events, []);
    expect(rows.rows[0]?.events).toEqual([]);
    expect(rows.ambiguous).toEqual(['web-01']);
    expect(rows.rows).toHaveLength(3);
  });

  it('puts an event that two lanes answer to on a lane of its own', () => {
    const twin = aLane({ instance: 'web-01:9182', organization: 'northwind' }, [0, 100, 'up']);
    const rows = buildLaneRows([web, twin], [anEvent({ ref: { device: 'web-01' } })], []);
    expect(rows.ambiguous).toEqual(['web-01']);
    expect(rowOf(rows, 'web-01 (several lanes match)')?.events).toHaveLength(1);
  });

  it('prefers the lane that names the organization to one that names none', () => {
    const nameless = aLane({ instance: 'web-01:9182' }, [0, 100, 'up']);
    const rows = buildLaneRows([nameless, web], [anEvent({ ref: web.ref })], []);
    expect(rows.rows.map((row) => row.events.length)).toEqual([0, 1]);
    expect(rows.ambiguous).toEqual([]);
  });

  it('keeps what names no device on a lane of the organization, or of its own', () => {
    const rows = buildLaneRows(
      [web],
      [anEvent({ id: 'a', ref: { organization: 'acme' } }), anEvent({ id: 'b', ref: {} })],
      [],
    );
    expect(rowOf(rows, 'acme: whole organization')?.events).toHaveLength(1);
    expect(rowOf(rows, 'Without a device')?.events).toHaveLength(1);
    expect(rows.unassigned).toBe(1);
  });

  it('takes two events of one id for one, and the newer reading of a window', () => {
    const ref = web.ref;
    const windows = [aWindow({ id: 'w', ref }), aWindow({ id: 'w', ref, to: 5 })];
    const rows = buildLaneRows([web], [anEvent({ id: 'e', ref }), anEvent({ id: 'e', ref })], windows);
    expect(rows.rows[0]?.events).toHaveLength(1);
    expect(rows.rows[0]?.windows).toEqual([windows[1]]);
  });
});
