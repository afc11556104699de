import type { DeviceFamily, Family, FleetFamily, OrganizationFamily, SelfFamily, SnapshotFamily } from './family.ts';
import { deviceCompliant } from './families/device-compliant.ts';
import { deviceInfo } from './families/device-info.ts';
import { deviceLastBoot } from './families/device-last-boot.ts';
import { deviceLastInstallFailure } from './families/device-last-install-failure.ts';
import { deviceLastInstallInfo } from './families/device-last-install-info.ts';
import { deviceLastInstall } from './families/device-last-install.ts';
import { deviceLastSeen } from './families/device-last-seen.ts';
import { deviceMaintenanceUntil } from './families/device-maintenance-until.ts';
import { deviceOldestMissingCritical } from './families/device-oldest-missing-critical.ts';
import { devicePatches } from './families/device-patches.ts';
import { deviceQuietBudget } from './families/device-quiet-budget.ts';
import { deviceQuietCappedUntil } from './families/device-quiet-capped-until.ts';
import { deviceQuietUntil } from './families/device-quiet-until.ts';
import { deviceRebootPendingSince } from './families/device-reboot-pending-since.ts';
import { deviceRebootPending } from './families/device-reboot-pending.ts';
import { deviceVerification } from './families/device-verification.ts';
import { selfFamilies } from './families/self.ts';
import { conflictingDevices, exposedDevices, snapshotTimestamp } from './families/snapshot.ts';
import { updateDevices } from './families/update-devices.ts';

export const deviceFamilies: readonly DeviceFamily[] = [
  deviceInfo,
  devicePatches,
  deviceRebootPending,
  deviceRebootPendingSince,
  deviceLastInstall,
  deviceLastInstallInfo,
  deviceLastInstallFailure,
  deviceLastBoot,
  deviceLastSeen,
  deviceOldestMissingCritical,
  deviceCompliant,
  deviceQuietUntil,
  deviceQuietBudget,
  deviceQuietCappedUntil,
  deviceMaintenanceUntil,
  deviceVerification,
];

const organizationFamilies: readonly OrganizationFamily[] = [updateDevices];
const snapshotFamilies: readonly SnapshotFamily[] = [snapshotTimestamp, exposedDevices, conflictingDevices];

/** What the exposition renders, in the order of the output. */
export const fleetFamilies: readonly FleetFamily[] = [...deviceFamilies, ...organizationFamilies, ...snapshotFamilies];

/** Every metric of the product but the process and Node.js ones of prom-client. The only list. */
export const catalogue: readonly Family[] = [...fleetFamilies, ...Object.values<SelfFamily>(selfFamilies)];
