import { effectiveEnd } from '../../domain/window.ts';
import { one, type DeviceFamily } from '../family.ts';
import { shown, shownUntil } from './window-lifetime.ts';

export const deviceMaintenanceUntil = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_maintenance_until_timestamp_seconds',
  help: 'When the maintenance window ends or ended: its stored end, or earlier when it was closed. Present while it is open and for 24 h after.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  changesAt: ({ maintenance }) => shownUntil(maintenance),
  generate: ({ maintenance }, now) => {
    const window = shown(maintenance, now);
    return one(window && effectiveEnd(window));
  },
} as const satisfies DeviceFamily;
