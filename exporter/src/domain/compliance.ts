import type { DeviceState } from './device.ts';
import { type DevicePatch, openStatuses } from './patch.ts';
import type { CompliancePolicy } from './policy.ts';
import type { UnixSeconds } from './time.ts';

export type ComplianceVerdict = 'compliant' | 'non_compliant' | 'unknown';

export interface Compliance {
  readonly verdict: ComplianceVerdict;
  /** Sentences that explain the verdict, worst first; empty only when compliant. */
  readonly reasons: readonly string[];
}

/**
 * Judges one device. Unknown wins over compliant whenever data is missing or stale; a proven fault wins over unknown.
 * `readAt` is when its source was last read completely.
 */
export function judgeCompliance(
  device: DeviceState,
  readAt: UnixSeconds | undefined,
  policy: CompliancePolicy,
  now: UnixSeconds,
): Compliance {
  const patches = device.facts.patches;
  const { failed, overdue, unknown } = count(patches ?? [], policy.criticalSlaSeconds, now);
  const faults: string[] = [];
  if (failed > 0) faults.push(`${String(failed)} ${failed === 1 ? 'update' : 'updates'} failed to install`);
  if (overdue > 0)
    faults.push(`${String(overdue)} critical ${overdue === 1 ? 'update is' : 'updates are'} past the SLA`);
  if (faults.length > 0) return { verdict: 'non_compliant', reasons: faults };

  const doubts: string[] = [];
  if (readAt === undefined) doubts.push('its source has never been read completely');
  else if (now - readAt > policy.staleAfterSeconds)
    doubts.push('its source has not been read within the freshness limit');
  if (patches === undefined) doubts.push('its source says nothing about updates');
  else if (unknown > 0) doubts.push('an update has a status we do not know');
  const seenAt = device.facts.lastSeenAt;
  if (seenAt !== undefined && now - seenAt > policy.staleAfterSeconds)
    doubts.push('the device has not reported within the freshness limit');
  if (doubts.length > 0) return { verdict: 'unknown', reasons: doubts };
  return compliant;
}

/** The same for most devices of a fleet, in memory once. */
const compliant: Compliance = { verdict: 'compliant', reasons: [] };

/** In one pass: a whole fleet is judged at a start. */
function count(patches: readonly DevicePatch[], slaSeconds: number, now: UnixSeconds) {
  const counts = { failed: 0, overdue: 0, unknown: 0 };
  for (const { status, severity, firstSeenAt } of patches) {
    if (status === 'failed') counts.failed += 1;
    if (status === 'unknown') counts.unknown += 1;
    const isOld = firstSeenAt !== undefined && now - firstSeenAt > slaSeconds;
    if (isOld && severity === 'critical' && openStatuses.has(status)) counts.overdue += 1;
  }
  return counts;
}
