import type { DevicePatch, PatchKind, PatchRef, PatchSeverity } from '../../../../exporter/src/domain/patch.ts';
import { daysAgo } from './night.ts';

export interface Update extends PatchRef {
  readonly severity: PatchSeverity;
  readonly kind: PatchKind;
}

const update = (id: string, severity: PatchSeverity, kind: PatchKind, title: string): Update => ({
  id,
  title,
  severity,
  kind,
});

/** The updates of the demo, invented but for their form. */
export const updates = {
  server2022: update('KB5078740', 'critical', 'rollup', '2026-03 Cumulative Update for Windows Server 2022'),
  server2019: update('KB5078752', 'critical', 'rollup', '2026-03 Cumulative Update for Windows Server 2019'),
  windows11: update('KB5078883', 'critical', 'rollup', '2026-03 Cumulative Update for Windows 11 24H2'),
  dotnet: update('KB5078116', 'important', 'security', '2026-03 .NET Framework 4.8.1 Security Update'),
  february: update('KB5075999', 'critical', 'security', '2026-02 Security Update for Windows Server'),
  exchange: update('KB5074992', 'critical', 'security', 'Security Update for Exchange Server 2019 CU15'),
  sql: update('KB5077474', 'important', 'security', 'Security Update for SQL Server 2022 CU23'),
  removal: update('KB890830', 'low', 'definition', 'Windows Malicious Software Removal Tool'),
  defender: update('KB2267602', 'optional', 'definition', 'Security Intelligence Update for Microsoft Defender'),
  driver: update('intel-net-30.1', 'optional', 'driver', 'Intel Ethernet driver 30.1'),
  openssl: update('openssl', 'critical', 'security', 'openssl 3.0.18-1~deb12u2'),
  kernel: update('linux-image-amd64', 'important', 'security', 'linux-image-amd64 6.1.164-1'),
} as const satisfies Record<string, Update>;

const products = [
  ['Windows Server 2022', 'critical', 'security'],
  ['Windows Server 2019', 'important', 'security'],
  ['Windows 11 24H2', 'moderate', 'security'],
  ['.NET Framework 4.8.1', 'important', 'security'],
  ['Microsoft Edge', 'moderate', 'software'],
  ['Visual C++ Redistributable', 'low', 'software'],
  ['Intel Management Engine', 'optional', 'driver'],
  ['SQL Server 2022', 'unspecified', 'other'],
] as const;

/** What was left over in the months before: 48 updates. */
export const monthly: readonly Update[] = Array.from({ length: 6 }, (_unused, month) =>
  products.map(([product, severity, kind], index) =>
    update(
      `KB50${String(60_000 + month * 1_300 + index * 17)}`,
      severity,
      kind,
      `2025-${String(12 - month).padStart(2, '0')} ${kind === 'driver' ? 'Driver' : 'Update'} for ${product}`,
    ),
  ),
).flat();

export const ref = ({ id, title }: Update): PatchRef => ({ id, title });

export const installed = (what: Update, installedAt: number): DevicePatch => ({
  ...what,
  status: 'installed',
  firstSeenAt: daysAgo(1),
  installedAt,
});

export const open = (
  what: Update,
  status: 'missing' | 'approved' | 'installing' | 'unknown' | 'rejected',
  days: number,
): DevicePatch => ({ ...what, status, firstSeenAt: daysAgo(days) });

export const failed = (what: Update, triedAt: number): DevicePatch => ({
  ...what,
  status: 'failed',
  firstSeenAt: daysAgo(1),
  installedAt: triedAt,
});
