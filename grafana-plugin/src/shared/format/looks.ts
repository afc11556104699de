import type { IconName } from '@grafana/data';
import type { Device, DeviceDetail, Explanation, LedgerLine, Order, PatchWindow, Source, Update } from '../api/types';
import { toMs } from './time';

/** What a state is worth; the badge turns it into a colour of the theme. */
export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'neutral';

/** How a state is shown: words first, then an icon, colour last. */
export interface Look {
  readonly text: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

type PatchStatus = NonNullable<DeviceDetail['patches']>[number]['status'];
type Severity = Update['severity'];
type Verdict = Device['compliance']['verdict'];
type Verification = NonNullable<PatchWindow['verification']>;

export const patchStatusLooks: Record<PatchStatus, Look> = {
  missing: { text: 'Missing', icon: 'minus-circle', tone: 'warn' },
  approved: { text: 'Approved', icon: 'clock-nine', tone: 'info' },
  installing: { text: 'Installing', icon: 'sync', tone: 'info' },
  installed: { text: 'Installed', icon: 'check-circle', tone: 'good' },
  failed: { text: 'Failed', icon: 'times-circle', tone: 'bad' },
  rejected: { text: 'Rejected', icon: 'times', tone: 'neutral' },
  unknown: { text: 'Unknown', icon: 'question-circle', tone: 'neutral' },
};

export const severityLooks: Record<Severity, Look> = {
  critical: { text: 'Critical', icon: 'exclamation-circle', tone: 'bad' },
  important: { text: 'Important', icon: 'exclamation-triangle', tone: 'warn' },
  moderate: { text: 'Moderate', icon: 'info-circle', tone: 'info' },
  low: { text: 'Low', icon: 'info-circle', tone: 'neutral' },
  optional: { text: 'Optional', icon: 'info-circle', tone: 'neutral' },
  unspecified: { text: 'No severity', icon: 'question-circle', tone: 'neutral' },
};

/** Unknown is its own state: it is never shown as compliant. */
export const complianceLooks: Record<Verdict, Look> = {
  compliant: { text: 'Compliant', icon: 'check-circle', tone: 'good' },
  non_compliant: { text: 'Not compliant', icon: 'times-circle', tone: 'bad' },
  unknown: { text: 'Unknown', icon: 'question-circle', tone: 'neutral' },
};

export const outcomeLooks: Record<NonNullable<PatchWindow['outcome']>, Look> = {
  returned: { text: 'Came back in time', icon: 'check-circle', tone: 'good' },
  overdue: { text: 'Overdue', icon: 'exclamation-circle', tone: 'bad' },
  cancelled: { text: 'Cancelled', icon: 'times', tone: 'neutral' },
  contradicted: { text: 'Evidence withdrawn', icon: 'exclamation-triangle', tone: 'warn' },
  capped: { text: 'Daily cap reached', icon: 'stopwatch', tone: 'warn' },
  verified: { text: 'Verified', icon: 'check-circle', tone: 'good' },
  failed: { text: 'Failed', icon: 'times-circle', tone: 'bad' },
  expired: { text: 'Ran out', icon: 'clock-nine', tone: 'neutral' },
};

/** An open window is told by its kind, a closed one by how it ended. */
export function windowLook(window: Pick<PatchWindow, 'kind' | 'open' | 'outcome' | 'openedAt'>, nowMs: number): Look {
  if (window.outcome !== null) {
    return outcomeLooks[window.outcome];
  }
  if (toMs(window.openedAt) > nowMs) {
    return { text: 'Planned', icon: 'calendar-alt', tone: 'info' };
  }
  if (!window.open) {
    return { text: 'Ended', icon: 'clock-nine', tone: 'neutral' };
  }
  return window.kind === 'quiet'
    ? { text: 'Quiet', icon: 'bell-slash', tone: 'info' }
    : { text: 'Maintenance', icon: 'pause-circle', tone: 'info' };
}

export const verificationLooks: Record<Verification['verdict'], Look> = {
  running: { text: 'Checking', icon: 'sync', tone: 'info' },
  passed: { text: 'Passed', icon: 'check-circle', tone: 'good' },
  failed: { text: 'Failed', icon: 'times-circle', tone: 'bad' },
  not_run: { text: 'Not run', icon: 'question-circle', tone: 'neutral' },
};

/** No data is a failure, and is told apart from a check that answered. */
export const checkLooks: Record<Verification['checks'][number]['result'], Look> = {
  passed: { text: 'Passed', icon: 'check-circle', tone: 'good' },
  failed: { text: 'Failed', icon: 'times-circle', tone: 'bad' },
  no_data: { text: 'No data', icon: 'question-circle', tone: 'bad' },
};

export const ledgerLooks: Record<LedgerLine['action'], Look> = {
  planned: { text: 'Planned', icon: 'calendar-alt', tone: 'info' },
  opened: { text: 'Muted', icon: 'bell-slash', tone: 'info' },
  extended: { text: 'Extended', icon: 'clock-nine', tone: 'info' },
  closed: { text: 'Ended', icon: 'clock-nine', tone: 'neutral' },
  refused: { text: 'Not muted', icon: 'bell', tone: 'warn' },
  verified: { text: 'Verified', icon: 'check-circle', tone: 'good' },
  verification_failed: { text: 'Check failed', icon: 'times-circle', tone: 'bad' },
  verification_skipped: { text: 'Not checked', icon: 'question-circle', tone: 'neutral' },
};

/** Unknown may have been carried out: it is told apart from what was refused. */
export const orderLooks: Record<Order['state'], Look> = {
  placed: { text: 'Being sent', icon: 'sync', tone: 'info' },
  accepted: { text: 'Accepted', icon: 'check', tone: 'info' },
  refused: { text: 'Refused', icon: 'times', tone: 'bad' },
  unknown: { text: 'Not known', icon: 'question-circle', tone: 'warn' },
  done: { text: 'Done', icon: 'check-circle', tone: 'good' },
  failed: { text: 'Failed', icon: 'times-circle', tone: 'bad' },
};

export const evidenceVerdictLooks: Record<Explanation['evidence'][number]['verdict'], Look> = {
  valid: { text: 'Holds', icon: 'check-circle', tone: 'good' },
  after_outage: { text: 'Too late', icon: 'clock-nine', tone: 'warn' },
  expired: { text: 'Too old', icon: 'hourglass', tone: 'neutral' },
  spent: { text: 'Used up', icon: 'minus-circle', tone: 'neutral' },
};

export const evidenceKindTexts: Record<LedgerLine['evidence'][number]['kind'], string> = {
  install_started: 'Install started',
  installed: 'Installed',
  reboot_pending: 'Restart pending',
  reboot_ordered: 'Restart ordered',
  reboot_started: 'Restart started',
  planned_window: 'Planned window',
};

export const ruleStateLooks: Record<Explanation['rules'][number]['state'], Look> = {
  inactive: { text: 'Inactive', icon: 'check-circle', tone: 'good' },
  pending: { text: 'Pending', icon: 'hourglass', tone: 'warn' },
  firing: { text: 'Firing', icon: 'bell', tone: 'bad' },
  muted: { text: 'Muted', icon: 'bell-slash', tone: 'info' },
  unknown: { text: 'Unknown', icon: 'question-circle', tone: 'warn' },
};

export const identityLooks: Record<Device['identity']['status'], Look> = {
  matched: { text: 'Matched', icon: 'link', tone: 'good' },
  unmatched: { text: 'Not matched', icon: 'link-broken', tone: 'warn' },
  ambiguous: { text: 'Ambiguous', icon: 'question-circle', tone: 'warn' },
};

export function sourceLook(source: Pick<Source, 'up' | 'intervalSeconds'>): Look {
  if (source.up === null && source.intervalSeconds === 0) {
    return { text: 'Sends by itself', icon: 'info-circle', tone: 'neutral' };
  }
  if (source.up === null) {
    return { text: 'Not read yet', icon: 'question-circle', tone: 'neutral' };
  }
  return source.up
    ? { text: 'Up', icon: 'check-circle', tone: 'good' }
    : { text: 'Down', icon: 'times-circle', tone: 'bad' };
}
