import type { SnapshotFamily } from '../family.ts';

export const snapshotTimestamp = {
  scope: 'snapshot',
  showToAll: true,
  name: 'patchhaven_snapshot_timestamp_seconds',
  help: 'When the pages of this scrape were published. Scrapes answer from published pages, so only this proves freshness.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ publishedAt }) => [{ labels: [], value: publishedAt }],
} as const satisfies SnapshotFamily;

export const exposedDevices = {
  scope: 'snapshot',
  showToAll: false,
  name: 'patchhaven_exposed_devices',
  help: 'Devices in the published pages, of all organizations.',
  type: 'gauge',
  labels: [],
  stability: 'stable',
  generate: ({ devices }) => [{ labels: [], value: devices }],
} as const satisfies SnapshotFamily;

export const conflictingDevices = {
  scope: 'snapshot',
  showToAll: false,
  name: 'patchhaven_conflicting_devices',
  help: 'Devices whose instance another device claims too; all of them are left without per-instance series, so none is muted.',
  type: 'gauge',
  labels: [],
  stability: 'stable',
  generate: (facts) => [{ labels: [], value: facts.conflictingDevices }],
} as const satisfies SnapshotFamily;
