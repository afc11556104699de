import type { RefusalReason } from './decision.ts';
import type { Evidence } from './evidence.ts';
import { patchName, type PatchRef } from './patch.ts';
import { toRfc3339, type UnixSeconds } from './time.ts';

const maxNamed = 5;

/** `KB5041160, KB5041578 +3`: at most five names, then how many more. */
export function patchList(patches: readonly PatchRef[]): string {
  const names = [...new Set(patches.map(patchName))];
  const rest = names.length - maxNamed;
  return rest > 0 ? `${names.slice(0, maxNamed).join(', ')} +${String(rest)}` : names.join(', ');
}

/** One piece of evidence as a clause: "KB5041160 was installed at 2026-08-12T02:01:00.000Z (ninjaone)". */
export function evidenceText(evidence: Evidence): string {
  const patches = evidence.patches.length > 0 ? patchList(evidence.patches) : 'updates';
  const at = toRfc3339(evidence.at);
  const source = `(${evidence.source})`;
  switch (evidence.kind) {
    case 'install_started':
      return `installing ${patches} began at ${at} ${source}`;
    case 'installed':
      return `${patches} went in at ${at} ${source}`;
    case 'reboot_pending':
      return `a reboot has been pending since ${at} ${source}`;
    case 'reboot_ordered':
      return `a reboot was ordered at ${at} ${evidence.owner === undefined ? source : `by ${evidence.owner} ${source}`}`;
    case 'reboot_started':
      return `a reboot began at ${at} ${source}`;
    case 'planned_window':
      return `maintenance is planned from ${at} to ${toRfc3339(evidence.validUntil)} by ${evidence.owner ?? evidence.source}`;
  }
}

const refusalTexts: Readonly<Record<RefusalReason, string>> = {
  no_evidence: 'nothing says that this device is being patched',
  evidence_expired: 'what said that this device was being patched has run out',
  evidence_after_outage: 'what says that this device is being patched came only after it went down',
  evidence_spent: 'the reboot that was announced has already happened; this outage needs another reason',
  already_firing: 'the outage has already been paged; what is noticed late explains, it does not mute',
  too_late: 'the outage is older than the context delay; what is noticed late explains, it does not mute',
  window_ended: 'this outage already had its quiet window',
  capped: 'the daily cap of quiet time for this device is used up',
  budget_spent: 'the reboot budget had already run out when the outage was seen',
  source_stale: 'the source of the evidence has not answered for three polls',
  contradicted: 'the alert claims to have begun in the future',
  never_suppress: 'an alert of this outage is labelled patch_suppress="never"',
};

export function refusalText(reason: RefusalReason): string {
  return refusalTexts[reason];
}

/** `25 min`, `90 s`. */
export function durationText(seconds: UnixSeconds): string {
  return seconds >= 120 ? `${String(Math.round(seconds / 60))} min` : `${String(Math.round(seconds * 10) / 10)} s`;
}
