import type { DeviceIdentity } from './identity.ts';
import type { ActivityDraft } from './activities.ts';

type Wording = Pick<ActivityDraft, 'activityType' | 'status' | 'severity' | 'type' | 'sourceName'> &
  Partial<Pick<ActivityDraft, 'activityResult'>>;

const PATCHING = { activityType: 'PATCH_MANAGEMENT', type: 'Patch Management', sourceName: 'Patch policy' } as const;
const ACTION = { activityType: 'ACTION', type: 'Action', sourceName: 'Reboot' } as const;
const MONITOR = { activityType: 'MONITOR', type: 'Monitor', sourceName: 'Monitor' } as const;
const SCRIPT = { activityType: 'SCRIPTING', type: 'Scripting', sourceName: 'Script' } as const;

/** Everything this simulator ever reports, by the word the scenarios use for it. */
export const ACTIVITY_KINDS = {
  scanStarted: { ...PATCHING, code: 'PATCH_MANAGEMENT_SCAN_STARTED', status: 'Patch scan started', severity: 'NONE' },
  scanCompleted: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_SCAN_COMPLETED',
    status: 'Patch scan completed',
    severity: 'NONE',
  },
  applyStarted: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_APPLY_PATCH_STARTED',
    status: 'Patch apply started',
    severity: 'NONE',
  },
  applyCompleted: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_APPLY_PATCH_COMPLETED',
    status: 'Patch apply completed',
    severity: 'NONE',
    activityResult: 'SUCCESS',
  },
  applyFailed: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_APPLY_PATCH_COMPLETED',
    status: 'Patch apply completed',
    severity: 'MODERATE',
    activityResult: 'FAILURE',
  },
  installed: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_INSTALLED',
    status: 'Patch installed',
    severity: 'NONE',
    activityResult: 'SUCCESS',
  },
  installFailed: {
    ...PATCHING,
    code: 'PATCH_MANAGEMENT_INSTALL_FAILED',
    status: 'Patch installation failed',
    severity: 'MODERATE',
    activityResult: 'FAILURE',
  },
  rebootRequested: { ...ACTION, code: 'START_REQUESTED', status: 'Start requested', severity: 'NONE' },
  rebootStarted: { ...ACTION, code: 'STARTED', status: 'Started', severity: 'NONE' },
  rebootCompleted: { ...ACTION, code: 'COMPLETED', status: 'Completed', severity: 'NONE', activityResult: 'SUCCESS' },
  systemRebooted: { ...MONITOR, code: 'SYSTEM_REBOOTED', status: 'System rebooted', severity: 'NONE' },
  serviceStopped: { ...MONITOR, code: 'WINDOWS_SERVICE_STOPPED', status: 'Service stopped', severity: 'MINOR' },
  serviceStarted: { ...MONITOR, code: 'WINDOWS_SERVICE_STARTED', status: 'Service started', severity: 'NONE' },
  scriptRequested: { ...SCRIPT, code: 'START_REQUESTED', status: 'Start requested', severity: 'NONE' },
  scriptStarted: { ...SCRIPT, code: 'STARTED', status: 'Started', severity: 'NONE' },
  scriptCompleted: { ...SCRIPT, code: 'COMPLETED', status: 'Completed', severity: 'NONE', activityResult: 'SUCCESS' },
  scriptFailed: { ...SCRIPT, code: 'COMPLETED', status: 'Completed', severity: 'MODERATE', activityResult: 'FAILURE' },
  nodeUpdated: {
    code: 'NODE_UPDATED',
    activityType: 'SYSTEM',
    type: 'System',
    sourceName: '',
    status: 'Device updated',
    severity: 'NONE',
  },
  nodeDeleted: {
    code: 'NODE_DELETED',
    activityType: 'SYSTEM',
    type: 'System',
    sourceName: '',
    status: 'Device deleted',
    severity: 'NONE',
  },
} as const satisfies Record<string, Wording & { code: string }>;

export type ActivityKind = keyof typeof ACTIVITY_KINDS;

export interface ActivityFacts {
  readonly device: DeviceIdentity;
  readonly kind: ActivityKind;
  readonly atUnixSeconds: number;
  /** The same for every activity of one job. */
  readonly seriesUid: string;
  /** A KB number, service or script; the device's name when there is none. */
  readonly subject?: string | undefined;
}

export function draftActivity({ device, kind, atUnixSeconds, seriesUid, subject }: ActivityFacts): ActivityDraft {
  const { code, ...wording } = ACTIVITY_KINDS[kind];
  const about = subject ?? device.displayName;
  return {
    ...wording,
    activityTime: atUnixSeconds,
    deviceId: device.id,
    priority: 'NONE',
    seriesUid,
    statusCode: code,
    subject: about,
    message: `${wording.status}: ${about}`,
    data: {},
  };
}
