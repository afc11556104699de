import { one, type DeviceFamily } from '../family.ts';

export const deviceLastSeen = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_seen_timestamp_seconds',
  help: 'When the device last reported to its source. Absent when unknown.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(state.facts.lastSeenAt),
} as const satisfies DeviceFamily;
