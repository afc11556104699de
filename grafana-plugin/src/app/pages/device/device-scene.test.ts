import { createDataFrame, FieldType } from '@grafana/data';
import type { DeviceDetail, PatchEvent } from '../../../shared/api/types';
import { QUIET_WINDOW } from '../../../test/fixtures';
import { golden } from '../../../test/golden';
import { deviceScene } from './device-scene';
import { ofOrganization, uptimeQuery } from './uptime';

const device = golden<DeviceDetail>('device');
const [planned] = golden<{ items: PatchEvent[] }>('events').items;
const series = (labels: Record<string, string>) =>
  createDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: [0, 15_000, 30_000, 45_000] },
      { name: 'value', type: FieldType.number, values: [1, 1, 0, 0], labels },
    ],
  });
const up = series({ __name__: 'up', job: 'node', instance: 'srv-1:9182' });

describe('deviceScene', () => {
  it('draws all series of the device on one lane', () => {
    const probe = series({ __name__: 'probe_success', instance: 'srv-1:9182', job: 'icmp' });
    const { lanes } = deviceScene(device, { events: [], windows: [] }, [up, probe], 60_000);
    expect(lanes).toHaveLength(1);
    expect(lanes[0]?.ref).toMatchObject({ organization: 'acme', instance: 'srv-1:9182', device: 'ninja:1' });
    expect(lanes[0]?.series.map(({ name }) => name)).toEqual(['up node', 'probe_success icmp']);
    expect(lanes[0]?.series[0]?.spans.map(({ state }) => state)).toEqual(['up', 'down']);
  });

  it('keeps an empty lane for the events of a device without uptime', () => {
    const { lanes, windows } = deviceScene(device, { events: [], windows: [QUIET_WINDOW] }, [], 60_000);
    expect(lanes[0]).toMatchObject({ label: 'SRV-1', series: [] });
    expect(windows[0]?.ref).toEqual(lanes[0]?.ref);
  });

  it('draws a plan once that has become a window', () => {
    const window = { ...QUIET_WINDOW, id: 'm-1', kind: 'maintenance' as const };
    const scene = (windows: Array<typeof window>) => deviceScene(device, { events: [planned!], windows }, [], 60_000);
    expect(scene([]).windows.map(({ kind }) => kind)).toEqual(['planned']);
    expect(scene([window]).windows.map(({ kind }) => kind)).toEqual(['maintenance']);
  });
});

describe('uptimeQuery', () => {
  it('cannot be broken out of', () => {
    expect(uptimeQuery('a"} or vector(1) or x{y="\\')).toBe(
      '{__name__=~"up|probe_success", instance="a\\"} or vector(1) or x{y=\\"\\\\"}',
    );
  });
});

describe('ofOrganization', () => {
  it('leaves out series of another organization, and keeps those that name none', () => {
    const other = series({ instance: 'srv-1:9182', organization: 'globex' });
    const own = series({ instance: 'srv-1:9182', organization: 'acme' });
    expect(ofOrganization([up, other, own], 'acme')).toEqual([up, own]);
  });
});
