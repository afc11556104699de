import type { DataFrame } from '@grafana/data';
import type { DeviceDetail, PatchEvent, PatchWindow } from '../../../shared/api/types';
import { timelineFromEvents, timelineFromWindows } from '../../../timeline/model/from-api';
import { lanesFromFrames } from '../../../timeline/model/frames-to-lanes';
import type { LaneRef, TimelineEvent, TimelineLane, TimelineWindow } from '../../../timeline/types';

/** What the timeline of one device draws. */
export interface DeviceScene {
  readonly lanes: readonly TimelineLane[];
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
}

type Named = Pick<DeviceDetail, 'id' | 'name' | 'organization' | 'identity'>;

/**
 * One lane with all there is: uptime where Prometheus has any, else an empty lane that still carries the events. A plan
 * that has become a window is drawn once.
 */
export function deviceScene(
  device: Named,
  records: { readonly events: readonly PatchEvent[]; readonly windows: readonly PatchWindow[] },
  uptime: readonly DataFrame[],
  untilMs: number,
): DeviceScene {
  const ref: LaneRef = {
    organization: device.organization,
    device: device.id,
    deviceName: device.name,
    ...(device.identity.status === 'matched' && { instance: device.identity.instance }),
  };
  const read = lanesFromFrames(uptime, {
    instanceLabel: 'instance',
    organizationLabel: 'organization',
    laneLabel: '',
    noDataAfterMs: 0,
    untilMs,
  });
  const events = timelineFromEvents(records.events, () => ref);
  const windows = timelineFromWindows(records.windows);
  const planOf = new Map(records.events.map(({ id, data }) => [id, data['id']]));
  const opened = new Set<unknown>(records.windows.map(({ id }) => id));
  return {
    lanes: [{ ref, label: device.name, series: read.lanes.flatMap(({ series }) => series) }],
    events: [...events.events, ...windows.events.map((event) => ({ ...event, ref }))],
    windows: [
      ...events.windows.filter(({ id }) => !opened.has(planOf.get(id))),
      ...windows.windows.map((window) => ({ ...window, ref })),
    ],
  };
}
