import { markerKinds, windowKinds, type MarkerKind, type TimelineKind, type WindowKind } from '../types';

/** How people read a kind, in legends, labels and cards. */
export const kindLabels: Readonly<Record<TimelineKind, string>> = {
  page: 'Page sent',
  'verification-failed': 'Verification failed',
  'install-failed': 'Install failed',
  'gate-failed': 'Gate failed',
  reboot: 'Reboot',
  'reboot-pending': 'Reboot pending',
  'install-started': 'Install started',
  installed: 'Installed',
  'verification-passed': 'Verification passed',
  'gate-passed': 'Gate passed',
  ticket: 'Ticket',
  note: 'Note',
  quiet: 'Quiet window',
  maintenance: 'Maintenance window',
  planned: 'Planned window',
};

const aliases: Readonly<Record<string, TimelineKind>> = {
  paged: 'page',
  notified: 'page',
  alert: 'page',
  'verification-no-data': 'verification-failed',
  'check-failed': 'verification-failed',
  'check-passed': 'verification-passed',
  verified: 'verification-passed',
  'patch-install-failed': 'install-failed',
  'patch-failed': 'install-failed',
  failed: 'install-failed',
  'patch-install-started': 'install-started',
  'patch-installed': 'installed',
  'patch-install-completed': 'installed',
  'install-completed': 'installed',
  install: 'installed',
  patch: 'installed',
  'reboot-ordered': 'reboot',
  'reboot-started': 'reboot',
  'reboot-completed': 'reboot',
  restart: 'reboot',
  // No measurement is never a pass.
  'gate-inconclusive': 'gate-failed',
  'gate-fail': 'gate-failed',
  'gate-pass': 'gate-passed',
  'ticket-opened': 'ticket',
  'ticket-closed': 'ticket',
  incident: 'ticket',
  'quiet-window': 'quiet',
  'maintenance-window': 'maintenance',
  'planned-window': 'planned',
  'maintenance-planned': 'planned',
  annotation: 'note',
};

const known = new Set<string>([...markerKinds, ...windowKinds]);

export function isWindowKind(kind: TimelineKind): kind is WindowKind {
  return (windowKinds as readonly string[]).includes(kind);
}

/** Position in the list of kinds, worst first. */
export function badness(kind: MarkerKind): number {
  return markerKinds.indexOf(kind);
}

/**
 * Reads a kind as the exporter, a tag or a person wrote it (`patch.installed`, `Reboot_Started`). `verification` and
 * `gate` need the outcome as well; without a pass they count as failed. Unknown words are notes.
 */
export function kindFromWord(word: string, outcome = ''): TimelineKind {
  const name = word
    .trim()
    .toLowerCase()
    .replace(/[._\s]+/g, '-');
  if (name === 'verification' || name === 'gate') {
    return /^pass/i.test(outcome.trim()) ? `${name}-passed` : `${name}-failed`;
  }
  return known.has(name) ? (name as TimelineKind) : (aliases[name] ?? 'note');
}
