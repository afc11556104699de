import type { OsFacts } from '../../domain/device.ts';
import type { PatchKind, PatchSeverity, PatchStatus } from '../../domain/patch.ts';
import type { Counter } from '../tally.ts';

/**
 * One table per vendor vocabulary. The contract declares none of these as an enum, so words come in any case and new
 * ones may appear at any time: what a table lacks is counted and becomes "unknown", never a guess.
 */
export const patchStatusWords: Readonly<Record<string, PatchStatus>> = {
  // "Pending" on the vendor's screens: found missing, nobody approved it yet.
  MANUAL: 'missing',
  DELAYED: 'missing',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  INSTALLED: 'installed',
  FAILED: 'failed',
};

/** Two vocabularies in one field: MSRC-like words and the patch engine's own. */
export const severityWords: Readonly<Record<string, PatchSeverity>> = {
  CRITICAL: 'critical',
  IMPORTANT: 'important',
  SECURITY: 'important',
  MODERATE: 'moderate',
  RECOMMENDED: 'moderate',
  LOW: 'low',
  OPTIONAL: 'optional',
  NONE: 'unspecified',
  UNKNOWN: 'unspecified',
};

export const patchTypeWords: Readonly<Record<string, PatchKind>> = {
  SECURITY_UPDATES: 'security',
  // The vendor's class for severe faults that are not security holes.
  CRITICAL_UPDATES: 'other',
  UPDATE_ROLLUPS: 'rollup',
  REGULAR_UPDATES: 'other',
  DEFINITION_UPDATES: 'definition',
  DRIVER_UPDATES: 'driver',
  FEATURE_UPDATES: 'feature',
  FEATURE_PACKS: 'feature',
  SERVICE_PACKS: 'rollup',
  UNSPECIFIED: 'other',
  UNKNOWN: 'other',
};

export const approvalWords: Readonly<Record<string, 'managed' | 'unmanaged'>> = {
  APPROVED: 'managed',
  PENDING: 'unmanaged',
  STAGED: 'unmanaged',
  DECOMMISSIONED: 'unmanaged',
};

export const maintenanceWords: Readonly<Record<string, 'planned' | 'none'>> = {
  PENDING: 'planned',
  IN_MAINTENANCE: 'planned',
  FAILED: 'none',
};

/** What an activity's result says about the act having happened. */
export const activityResultWords: Readonly<Record<string, 'done' | 'not_done'>> = {
  SUCCESS: 'done',
  FAILURE: 'not_done',
  UNSUPPORTED: 'not_done',
  UNCOMPLETED: 'not_done',
  AGENT_OFFLINE: 'not_done',
};

const nodeClassFamilies: Readonly<Record<string, OsFacts['family']>> = {
  WINDOWS_SERVER: 'windows',
  WINDOWS_WORKSTATION: 'windows',
  LINUX_SERVER: 'linux',
  LINUX_WORKSTATION: 'linux',
  MAC: 'macos',
  MAC_SERVER: 'macos',
};

/** Devices that run the vendor's agent and can be patched by it. */
export const agentNodeClasses = Object.keys(nodeClassFamilies);

/** Known classes that are no machines with an agent: hypervisors, guests seen from outside, network gear, phones. */
const otherNodeClasses =
  /^(VMWARE_VM_|HYPERV_VMM_|NMS_|CLOUD_MONITOR_TARGET$|ANDROID$|APPLE_|MANAGED_DEVICE$|UNMANAGED_DEVICE$)/;

export const defaultRebootActions = [
  'Reboot',
  'Reboot Device',
  'Reboot System',
  'Reboot Now',
  'Forced Reboot',
  'Normal Reboot',
  'Restart Device',
  'Restart Computer',
  'System Reboot',
];

export function osFamily(nodeClass: string | null | undefined): OsFacts['family'] {
  return nodeClassFamilies[nodeClass?.toUpperCase() ?? ''] ?? 'other';
}

/** A class nobody knows is kept: a device must not vanish because the vendor invented a word. */
export function isSelectedClass(
  nodeClass: string | null | undefined,
  selected: ReadonlySet<string>,
  unknownWords: Counter,
): boolean {
  const name = nodeClass?.trim().toUpperCase() ?? '';
  if (selected.has(name)) return true;
  if (Object.hasOwn(nodeClassFamilies, name) || otherNodeClasses.test(name)) return false;
  if (name !== '') unknownWords.add('device.class');
  return true;
}
