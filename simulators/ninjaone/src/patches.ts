import type { Dice } from './dice.ts';
import type { PatchFamily } from './platforms.ts';
import type { PatchRow } from './wire.ts';

const DAY_SECONDS = 86_400;
/** Shares met in the field: see "What is known about the vendor" in the README. */
const SHARES = {
  driver: 0.7,
  unknownInstallType: 0.89,
  missingInstalledAt: 0.012,
  failedInstall: 0.04,
  unscanned: 0.02,
  ancient: 0.003,
};
/** Some machines claim to have installed updates in 2010. */
const ANCIENT_UNIX_SECONDS = Date.UTC(2010, 10, 21) / 1000;
const PENDING_MAX = 6;
const INSTALLS_MAX = 10;
const SEVERITIES = ['CRITICAL', 'IMPORTANT', 'critical', 'security', 'MODERATE', 'optional', 'unknown'] as const;
const STATUSES = ['MANUAL', 'MANUAL', 'MANUAL', 'APPROVED', 'APPROVED', 'DELAYED', 'REJECTED'] as const;
const UPDATE_TYPES = [
  'SECURITY_UPDATES',
  'UPDATE_ROLLUPS',
  'CRITICAL_UPDATES',
  'DEFINITION_UPDATES',
  'REGULAR_UPDATES',
] as const;
const DRIVERS = [
  'Intel - net - 12.19.2.60',
  'Realtek - MEDIA - 6.0.9.1',
  'HP - Firmware - 1.42.0',
  'AMD - Display - 31.0.2',
] as const;
const PACKAGES = ['openssl', 'linux-image-generic', 'libc6', 'openssh-server', 'curl'] as const;

export interface PatchSubject {
  readonly deviceId: number;
  readonly family: PatchFamily;
  readonly release: string;
  /** The instant the fleet was made; everything drawn lies before it. */
  readonly epoch: number;
}

/** `KB5041160`, `5041160` and `kb 5041160` are the same update. */
export const kbDigits = (kb: string): string => kb.replace(/\D/g, '');

/** Two spellings of one number: the vendor sends both. */
function kbNumber(dice: Dice, key: number): string {
  const digits = String(5_030_000 + dice.integer(60, 'kb', key) * 137);
  return dice.draw('kb-prefix', key) < 0.3 ? digits : `KB${digits}`;
}

type Subject = Pick<PatchRow, 'name'> & { kbNumber?: string; driver: boolean };

function whatIsPatched(
  dice: Dice,
  { deviceId, family, release }: PatchSubject,
  n: number,
  driverShare: number,
): Subject {
  if (family === 'linux') return { name: dice.pick(PACKAGES, 'package', deviceId, n), driver: false };
  if (family === 'mac') return { name: `macOS ${release}.${String(n)}`, driver: false };
  if (dice.draw('driver', deviceId, n) < driverShare) {
    return { name: dice.pick(DRIVERS, 'driver-name', deviceId, n), driver: true };
  }
  return {
    name: `Cumulative Update for Windows, version ${release}`,
    kbNumber: kbNumber(dice, deviceId * 31 + n),
    driver: false,
  };
}

const withKb = (kb: string | undefined) => (kb === undefined ? {} : { kbNumber: kb });

/** Current patches of a device without an install attempt. Empty for a device that was never scanned. */
export function pendingPatches(dice: Dice, subject: PatchSubject): PatchRow[] {
  const { deviceId, epoch } = subject;
  if (dice.draw('unscanned', deviceId) < SHARES.unscanned) return [];
  const count = dice.integer(PENDING_MAX + 1, 'pending', deviceId);
  return Array.from({ length: count }, (_, n) => {
    const { name, kbNumber: kb, driver } = whatIsPatched(dice, subject, n, SHARES.driver);
    return {
      id: dice.uuid('pending-id', deviceId, n),
      deviceId,
      ...withKb(kb),
      name,
      severity: driver ? 'optional' : dice.pick(SEVERITIES, 'severity', deviceId, n),
      status: dice.pick(STATUSES, 'status', deviceId, n),
      type: driver ? 'DRIVER_UPDATES' : dice.pick(UPDATE_TYPES, 'type', deviceId, n),
      timestamp: epoch - dice.draw('collected', deviceId) * DAY_SECONDS,
    };
  });
}

/** Past install attempts of a device, oldest first. */
export function pastInstalls(dice: Dice, subject: PatchSubject): PatchRow[] {
  const { deviceId, epoch } = subject;
  const count = 1 + dice.integer(INSTALLS_MAX, 'installs', deviceId);
  return Array.from({ length: count }, (_, n) => {
    const { name, kbNumber: kb, driver } = whatIsPatched(dice, subject, 100 + n, 0.2);
    const failed = dice.draw('install-failed', deviceId, n) < SHARES.failedInstall;
    const undated = !failed && dice.draw('undated', deviceId, n) < SHARES.missingInstalledAt;
    const ancient = dice.draw('ancient', deviceId, n) < SHARES.ancient;
    const daysAgo = 2 + (count - n) * 5 + dice.draw('install-day', deviceId, n) * 4;
    return {
      id: dice.uuid('install-id', deviceId, n),
      deviceId,
      ...withKb(kb),
      name,
      severity: driver ? 'optional' : dice.pick(SEVERITIES, 'install-severity', deviceId, n),
      status: failed ? 'FAILED' : 'INSTALLED',
      type: installType(dice, deviceId, n, driver),
      ...(undated ? {} : { installedAt: ancient ? ANCIENT_UNIX_SECONDS : epoch - daysAgo * DAY_SECONDS }),
      timestamp: epoch - dice.draw('collected', deviceId) * DAY_SECONDS,
    };
  });
}

function installType(dice: Dice, deviceId: number, n: number, driver: boolean): string {
  if (dice.draw('install-type', deviceId, n) < SHARES.unknownInstallType) return 'UNKNOWN';
  return driver ? 'DRIVER_UPDATES' : dice.pick(UPDATE_TYPES, 'install-kind', deviceId, n);
}
