import type { LedgerLine, PatchEvent, PatchWindow } from '../../shared/api/types';
import { formatDuration } from '../../shared/format/duration';
import { outcomeLooks } from '../../shared/format/looks';
import { toMs } from '../../shared/format/time';
import type { EventKind, EventRow, EventSeverity } from '../../shared/frames/event-frame';
import { devicePath } from '../../shared/links';

/** What rows need beside the answer of the exporter. */
export interface RowContext {
  readonly nowMs: number;
  /** Links of the rows keep this span. */
  readonly span: { readonly fromMs: number; readonly toMs: number };
}

type EventType = PatchEvent['type'];
interface EventLook {
  readonly kind: EventKind;
  readonly severity: EventSeverity;
  readonly title: string;
}

const looks: Record<EventType, EventLook> = {
  'patch.install.started': { kind: 'install-started', severity: 'info', title: 'Install started' },
  'patch.installed': { kind: 'installed', severity: 'ok', title: 'Installed' },
  'patch.install.failed': { kind: 'install-failed', severity: 'critical', title: 'Install failed' },
  'patch.install.completed': { kind: 'note', severity: 'info', title: 'Install run finished' },
  'reboot.pending': { kind: 'reboot-pending', severity: 'warning', title: 'Restart pending' },
  'reboot.ordered': { kind: 'reboot', severity: 'info', title: 'Restart ordered' },
  'reboot.started': { kind: 'reboot', severity: 'info', title: 'Restart started' },
  'reboot.completed': { kind: 'reboot', severity: 'ok', title: 'Restarted' },
  'maintenance.planned': { kind: 'planned', severity: 'info', title: 'Planned maintenance' },
  'maintenance.ended': { kind: 'note', severity: 'info', title: 'Planned maintenance withdrawn' },
  'order.placed': { kind: 'note', severity: 'info', title: 'Order given' },
  'order.settled': { kind: 'note', severity: 'info', title: 'Order answered' },
  'device.observed': { kind: 'note', severity: 'info', title: 'Device changed' },
  'device.removed': { kind: 'note', severity: 'warning', title: 'Device removed from its source' },
};

/** A type that this version does not know is still shown, by its own word. */
export function eventToRow(event: PatchEvent, { span }: RowContext): EventRow {
  const look = looks[event.type] ?? { kind: 'note', severity: 'info', title: event.type };
  const { data } = event;
  const occurred = toMs(event.occurredAt);
  const start = event.type === 'maintenance.planned' ? timeOf(data.start) : undefined;
  const end = event.type === 'maintenance.planned' ? timeOf(data.end) : undefined;
  const patches = patchIds(data.patches);
  const code = textOf(data.code);
  const title = [look.title, patches, code === '' ? '' : `(${code})`].filter((part) => part !== '').join(' ');
  return {
    time: start ?? occurred,
    timeEnd: end ?? null,
    title,
    text: [patchTitles(data.patches), textOf(data.reason), textOf(data.text), withLabel('Owner', textOf(data.owner))]
      .filter((part) => part !== '')
      .join('. '),
    // A plan without its times cannot be drawn as a stretch.
    kind: look.kind === 'planned' && end === undefined ? 'note' : look.kind,
    severity: look.severity,
    device: orNull(event.device),
    deviceName: event.deviceName ?? null,
    instance: event.instance ?? null,
    organization: orNull(event.organization),
    href: event.device === '' ? null : devicePath(event.device, span),
    id: `event/${event.id}`,
    endsAt: end ?? null,
    outcome: null,
  };
}

const outcomeSeverities: Record<NonNullable<PatchWindow['outcome']>, EventSeverity> = {
  returned: 'ok',
  verified: 'ok',
  expired: 'info',
  cancelled: 'info',
  contradicted: 'warning',
  capped: 'warning',
  overdue: 'critical',
  failed: 'critical',
};

export function windowToRow(window: PatchWindow, { nowMs, span }: RowContext): EventRow {
  const opened = toMs(window.openedAt);
  const ends = toMs(window.endsAt);
  const isPlanned = opened > nowMs && window.closedAt === null;
  const noun = window.kind === 'quiet' ? 'Quiet' : isPlanned ? 'Planned maintenance' : 'Maintenance';
  return {
    time: opened,
    timeEnd: window.closedAt !== null ? toMs(window.closedAt) : window.open && !isPlanned ? null : ends,
    title: `${noun}: ${window.cause}`,
    text: windowText(window),
    kind: isPlanned ? 'planned' : window.kind,
    severity: window.outcome === null ? 'info' : (outcomeSeverities[window.outcome] ?? 'info'),
    device: window.device,
    deviceName: window.deviceName ?? null,
    instance: orNull(window.instance),
    organization: window.organization,
    href: devicePath(window.device, span),
    id: `window/${window.id}`,
    endsAt: ends,
    outcome: window.outcome,
  };
}

function windowText(window: PatchWindow): string {
  const budget = window.kind === 'quiet' ? `Budget ${formatDuration(window.budgetSeconds * 1000)}` : '';
  const outcome = window.outcome === null ? '' : (outcomeLooks[window.outcome]?.text ?? window.outcome);
  return [outcome, patchTitles(window.patches), budget, withLabel('Owner', window.owner)]
    .filter((part) => part !== '')
    .join('. ');
}

const verificationTitles: Record<NonNullable<PatchWindow['verification']>['verdict'], string> = {
  running: 'Health checks run',
  passed: 'Health checks passed',
  failed: 'Health checks failed',
  not_run: 'Health not checked',
};

/** The checks after a window as an event of their own; none while there is no verification. */
export function verificationToRow(window: PatchWindow, context: RowContext): EventRow | undefined {
  const { verification } = window;
  if (verification === null) {
    return undefined;
  }
  const { verdict } = verification;
  const failed = verification.checks.filter(({ result }) => result !== 'passed');
  const details = failed.map(({ check, result, detail }) => `${check}: ${result === 'no_data' ? 'no data' : detail}`);
  return {
    ...windowToRow(window, context),
    time: toMs(verification.endedAt ?? verification.startedAt),
    timeEnd: null,
    title: verificationTitles[verdict],
    text: details.join('. '),
    kind: verdict === 'failed' ? 'verification-failed' : verdict === 'passed' ? 'verification-passed' : 'note',
    severity: verdict === 'failed' ? 'critical' : verdict === 'passed' ? 'ok' : 'info',
    id: `verification/${window.id}`,
    endsAt: null,
    outcome: verdict,
  };
}

/** What was not muted: the page went out. */
export function refusalToRow(line: LedgerLine, { span }: RowContext): EventRow {
  return {
    time: toMs(line.at),
    timeEnd: null,
    title: line.alert === null ? 'Not muted' : `Not muted: ${line.alert}`,
    text: line.text,
    kind: 'page',
    severity: 'warning',
    device: orNull(line.device),
    deviceName: line.deviceName ?? null,
    instance: orNull(line.instance),
    organization: line.organization,
    href: line.device === '' ? null : devicePath(line.device, span),
    id: `ledger/${line.device}/${line.at}/${line.reason}/${line.alert ?? ''}`,
    endsAt: null,
    outcome: line.reason,
  };
}

/**
 * Takes out plans that the windows they became, or are going to become, show as well: same device, overlapping in time.
 */
export function withoutKeptPlans(rows: readonly EventRow[]): EventRow[] {
  const windows = new Map<string, EventRow[]>();
  for (const row of rows) {
    if (row.id.startsWith('window/') && row.kind !== 'quiet' && row.device !== null) {
      windows.set(row.device, [...(windows.get(row.device) ?? []), row]);
    }
  }
  return rows.filter((row) => {
    const isPlan = row.kind === 'planned' && row.id.startsWith('event/') && row.device !== null;
    return !isPlan || !(windows.get(row.device ?? '') ?? []).some((window) => overlaps(window, row));
  });
}

function overlaps(a: EventRow, b: EventRow): boolean {
  const endOf = (row: EventRow) => row.timeEnd ?? row.endsAt ?? row.time;
  return a.time < endOf(b) && b.time < endOf(a);
}

interface PatchLike {
  readonly id: string;
  readonly title: string;
}

/** Data of events comes from many senders: only what looks like a patch counts as one. */
function patchesOf(value: unknown): PatchLike[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  return list.flatMap((item) => {
    if (typeof item !== 'object' || item === null || !('id' in item) || typeof item.id !== 'string') {
      return [];
    }
    const title = 'title' in item && typeof item.title === 'string' ? item.title : item.id;
    return [{ id: item.id, title }];
  });
}

const shownPatches = 3;

function patchIds(value: unknown): string {
  const ids = patchesOf(value).map(({ id }) => id);
  const more = ids.length > shownPatches ? ` +${ids.length - shownPatches}` : '';
  return ids.slice(0, shownPatches).join(', ') + more;
}

function patchTitles(value: unknown): string {
  const titles = patchesOf(value).map(({ id, title }) => (title === id ? id : `${id} ${title}`));
  const more = titles.length > shownPatches ? ` and ${titles.length - shownPatches} more` : '';
  return titles.slice(0, shownPatches).join(', ') + more;
}

function timeOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? toMs(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function withLabel(label: string, value: string): string {
  return value === '' ? '' : `${label} ${value}`;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
