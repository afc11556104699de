import type { RefusalReason } from '../../../../exporter/src/domain/decision.ts';
import type { Evidence } from '../../../../exporter/src/domain/evidence.ts';
import type { LedgerAction, LedgerEntry } from '../../../../exporter/src/domain/ledger.ts';
import type { PatchRef } from '../../../../exporter/src/domain/patch.ts';
import { toRfc3339 } from '../../../../exporter/src/domain/time.ts';
import type {
  CheckResult,
  SilenceWindow,
  Verification,
  WindowOutcome,
} from '../../../../exporter/src/domain/window.ts';
import { durationText, evidenceText, refusalText } from '../../../../exporter/src/domain/words.ts';
import { keyOf, type Machine } from './machine.ts';
import { nowUnixSeconds } from './night.ts';

type Story = (machine: Machine) => Machine;
type Happenings = Partial<Pick<Machine, 'events' | 'windows' | 'ledger' | 'outages' | 'alerts'>>;

const minute = 60;

/** Time of day for the id of a window: `0205`. */
const clock = (at: number): string => toRfc3339(at).slice(11, 16).replace(':', '');

function add(
  machine: Machine,
  { events = [], windows = [], ledger = [], outages = [], alerts = [] }: Happenings,
): Machine {
  return {
    ...machine,
    events: [...machine.events, ...events],
    windows: [...machine.windows, ...windows],
    ledger: [...machine.ledger, ...ledger],
    outages: [...machine.outages, ...outages],
    alerts: [...machine.alerts, ...alerts],
  };
}

const instanceOf = ({ facts }: Machine): string => facts.instance ?? facts.displayName;

function line(
  machine: Machine,
  at: number,
  action: LedgerAction,
  reason: string,
  text: string,
  more: Partial<LedgerEntry> = {},
): LedgerEntry {
  return {
    at,
    organization: machine.facts.organization,
    device: keyOf(machine),
    instance: instanceOf(machine),
    action,
    reason,
    text,
    actor: 'patchhaven',
    evidence: [],
    ...more,
  };
}

export interface Patching {
  readonly patches: readonly PatchRef[];
  readonly installedAt: number;
}

/** Updates went in, a reboot was asked for; maintenance lasts until the machine is found well, an hour at most. */
const patched =
  (
    { patches, installedAt }: Patching,
    verified?: { readonly at: number; readonly verdict: 'passed' | 'failed' },
  ): Story =>
  (machine) =>
    add(machine, {
      ...maintenanceOf(machine, { patches, installedAt }, verified),
      events: [
        { at: installedAt - 7 * minute, body: { type: 'patch.install.started', data: { patches } } },
        { at: installedAt, body: { type: 'patch.installed', data: { patches, rebootRequired: true } } },
        { at: installedAt + minute, body: { type: 'reboot.ordered', data: { reason: 'patch policy', patches } } },
      ],
    });

function maintenanceOf(
  machine: Machine,
  { patches, installedAt }: Patching,
  verified?: { readonly at: number; readonly verdict: 'passed' | 'failed' },
): Happenings {
  const startedAt = installedAt - 7 * minute;
  const endsAt = installedAt + 60 * minute;
  const name = instanceOf(machine);
  const evidence = (kind: 'install_started' | 'installed', at: number): Evidence => ({
    kind,
    source: machine.source,
    at,
    validUntil: endsAt,
    patches,
    ref: `${machine.source}/install`,
  });
  const [started, ended] = [evidence('install_started', startedAt), evidence('installed', installedAt)];
  const id = `m-${machine.facts.vendorId}-${clock(startedAt)}`;
  const open: SilenceWindow = {
    id,
    kind: 'maintenance',
    device: keyOf(machine),
    organization: machine.facts.organization,
    instance: name,
    cause: evidenceText(ended),
    owner: 'patchhaven',
    triggeredAt: installedAt,
    budgetSeconds: endsAt - startedAt,
    openedAt: startedAt + 5,
    endsAt,
    patches,
    evidence: [ended],
  };
  const end =
    verified !== undefined
      ? ({ at: verified.at, outcome: verified.verdict === 'passed' ? 'verified' : 'failed' } as const)
      : endsAt <= nowUnixSeconds
        ? ({ at: endsAt, outcome: 'expired' } as const)
        : undefined;
  const told = { windowId: id, until: endsAt };
  return {
    windows: [end === undefined ? open : { ...open, closedAt: end.at, outcome: end.outcome }],
    ledger: [
      line(
        machine,
        open.openedAt,
        'opened',
        'install_started',
        `Maintenance of ${name} until ${toRfc3339(startedAt + 60 * minute)}: ${evidenceText(started)}.`,
        told,
      ),
      line(
        machine,
        installedAt + 5,
        'extended',
        'installed',
        `Maintenance of ${name} until ${toRfc3339(endsAt)}: ${evidenceText(ended)}.`,
        told,
      ),
      ...(end === undefined
        ? []
        : [line(machine, end.at, 'closed', end.outcome, `Maintenance of ${name} is over (${end.outcome}).`, told)]),
    ],
  };
}

function quietWindow(machine: Machine, { patches, installedAt }: Patching, downAt: number, budgetMinutes: number) {
  const evidence: Evidence = {
    kind: 'installed',
    source: machine.source,
    at: installedAt,
    validUntil: installedAt + 120 * minute,
    patches,
    ref: `${machine.source}/install`,
  };
  const window: SilenceWindow = {
    id: `w-${machine.facts.vendorId}-${clock(downAt)}`,
    kind: 'quiet',
    device: keyOf(machine),
    organization: machine.facts.organization,
    instance: instanceOf(machine),
    cause: evidenceText(evidence),
    owner: 'patchhaven',
    triggeredAt: installedAt,
    downAt,
    budgetSeconds: budgetMinutes * minute,
    budgetFrom: 'configured',
    openedAt: downAt + 6,
    endsAt: downAt + budgetMinutes * minute,
    patches,
    evidence: [evidence],
  };
  const opened = line(
    machine,
    window.openedAt,
    'opened',
    'installed',
    `${instanceOf(machine)} went down at ${toRfc3339(downAt)} and is quiet until ${toRfc3339(window.endsAt)}: ${window.cause}. Budget of ${durationText(window.budgetSeconds)}, by configuration.`,
    { windowId: window.id, until: window.endsAt, downAt, alert: 'PostPatchReboot', evidence: [evidence] },
  );
  return { window, opened };
}

export interface Reboot extends Patching {
  readonly downAt: number;
  readonly budgetMinutes?: number;
}

/** Down inside its quiet window: nobody is paged. */
export const rebooting =
  (reboot: Reboot): Story =>
  (machine) => {
    const { window, opened } = quietWindow(machine, reboot, reboot.downAt, reboot.budgetMinutes ?? 30);
    return add(patched(reboot)(machine), {
      windows: [window],
      ledger: [opened],
      outages: [{ from: reboot.downAt }],
      alerts: [
        {
          name: 'PostPatchReboot',
          state: 'firing',
          activeAt: reboot.downAt,
          labels: { patch_state: 'quiet', severity: 'info' },
        },
      ],
    });
  };

/** Its budget ran out and it is still down: this one pages. */
export const overdue =
  (reboot: Reboot): Story =>
  (machine) => {
    const { window, opened } = quietWindow(machine, reboot, reboot.downAt, reboot.budgetMinutes ?? 30);
    const { endsAt } = window;
    return add(patched(reboot)(machine), {
      windows: [{ ...window, closedAt: endsAt, outcome: 'overdue' }],
      ledger: [
        opened,
        line(
          machine,
          endsAt + 3,
          'closed',
          'overdue',
          `${instanceOf(machine)} is still down at the end of its budget of ${durationText(window.budgetSeconds)}: it pages.`,
          {
            windowId: window.id,
            downAt: reboot.downAt,
          },
        ),
      ],
      outages: [{ from: reboot.downAt }],
      alerts: [
        {
          name: 'PostPatchRebootOverdue',
          state: 'firing',
          activeAt: endsAt,
          labels: { patch_state: 'overdue', severity: 'critical' },
        },
      ],
    });
  };

export interface Return extends Reboot {
  readonly backAt: number;
  readonly verdict: 'passed' | 'failed' | 'running' | 'not_run';
  readonly checks: readonly CheckResult[];
}

function verification({ backAt, verdict, checks }: Return): Verification {
  const ended = verdict === 'running' ? {} : { endedAt: backAt + 5 * minute + 40 };
  const passes = { passed: 2, failed: 0, running: 0, not_run: 0 }[verdict];
  return {
    verdict,
    startedAt: backAt,
    settlesAt: backAt + 5 * minute,
    rounds: checks.length === 0 ? 0 : 12,
    consecutivePasses: passes,
    checks,
    ...ended,
  };
}

/** Rebooted and back in time; the checks say whether it is well. */
export const returned =
  (back: Return): Story =>
  (machine) => {
    const { window, opened } = quietWindow(machine, back, back.downAt, back.budgetMinutes ?? 30);
    const name = instanceOf(machine);
    const closedAt = back.backAt + minute;
    const verifiedAt = back.backAt + 5 * minute + 40;
    const told: Partial<Record<Return['verdict'], LedgerEntry>> = {
      passed: line(machine, verifiedAt, 'verified', 'passed', `${name} is back and every check passes.`, {
        windowId: window.id,
      }),
      failed: line(
        machine,
        verifiedAt,
        'verification_failed',
        'failed',
        `${name} is back, but ${back.checks
          .filter(({ result }) => result !== 'passed')
          .map(({ check }) => check)
          .join(', ')} failed. It pages.`,
        { windowId: window.id },
      ),
      not_run: line(
        machine,
        verifiedAt,
        'verification_skipped',
        'not_run',
        `${name} is back; no checks are configured for it.`,
        { windowId: window.id },
      ),
    };
    const closed = line(
      machine,
      closedAt,
      'closed',
      'returned',
      `${name} is back after ${durationText(closedAt - back.downAt)}; verification begins.`,
      { windowId: window.id },
    );
    const failing = {
      name: 'PostPatchHealthCheckFailed',
      state: 'firing',
      activeAt: verifiedAt,
      labels: { severity: 'critical' },
    } as const;
    const { verdict } = back;
    const verified = verdict === 'passed' || verdict === 'failed' ? { at: verifiedAt, verdict } : undefined;
    return add(patched(back, verified)(machine), {
      events: [{ at: back.backAt, body: { type: 'reboot.completed', data: { bootAt: back.backAt - 50 } } }],
      windows: [{ ...window, closedAt, outcome: 'returned', verification: verification(back) }],
      ledger: [opened, closed, ...(told[back.verdict] === undefined ? [] : [told[back.verdict]])].filter(
        (entry) => entry !== undefined,
      ),
      outages: [{ from: back.downAt, to: back.backAt }],
      alerts: back.verdict === 'failed' ? [failing] : [],
    });
  };

/** Down without a patch that explains it: the page goes out. */
export const downUnexplained =
  (downAt: number, reason: RefusalReason): Story =>
  (machine) =>
    add(machine, {
      ledger: [
        line(
          machine,
          downAt + 8,
          'refused',
          reason,
          `${instanceOf(machine)} went down at ${toRfc3339(downAt)} and is not muted: ${refusalText(reason)}.`,
          { downAt, alert: 'HostDown' },
        ),
      ],
      outages: [{ from: downAt }],
      alerts: [
        {
          name: 'HostDown',
          state: nowUnixSeconds - downAt > 120 ? 'firing' : 'pending',
          activeAt: downAt,
          labels: { patch_state: 'down', severity: 'critical' },
        },
      ],
    });

/** An outage that is over and was not muted. */
export const wasDown =
  (span: { readonly from: number; readonly to: number }, reason: RefusalReason): Story =>
  (machine) =>
    add(machine, {
      ledger: [
        line(
          machine,
          span.from + 8,
          'refused',
          reason,
          `${instanceOf(machine)} went down at ${toRfc3339(span.from)} and is not muted: ${refusalText(reason)}.`,
          { downAt: span.from, alert: 'HostDown' },
        ),
      ],
      outages: [span],
    });

/** Its window was ended before its time. */
export const endedEarly =
  (reboot: Return, outcome: WindowOutcome & ('cancelled' | 'contradicted'), actor: string, why: string): Story =>
  (machine) => {
    const { window, opened } = quietWindow(machine, reboot, reboot.downAt, reboot.budgetMinutes ?? 30);
    const closedAt = reboot.downAt + 4 * minute;
    return add(patched(reboot)(machine), {
      windows: [{ ...window, closedAt, outcome, seenUpAt: reboot.backAt }],
      ledger: [
        opened,
        line(machine, closedAt, 'closed', outcome, `${outcome}: ${why}`, { windowId: window.id, actor }),
      ],
      outages: [{ from: reboot.downAt, to: reboot.backAt }],
    });
  };

export const installFailed =
  (at: number, patches: readonly PatchRef[], code: string): Story =>
  (machine) =>
    add(machine, {
      events: [
        { at: at - 9 * minute, body: { type: 'patch.install.started', data: { patches } } },
        { at, body: { type: 'patch.install.failed', data: { patches, code } } },
      ],
    });

export interface Maintenance {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  readonly owner: string;
}

/** A planned time of work, by a person; a window of its own once it has begun. */
export const maintenance =
  (plan: Maintenance): Story =>
  (machine) => {
    const begun = plan.start <= nowUnixSeconds;
    const window: SilenceWindow = {
      id: plan.id,
      kind: 'maintenance',
      device: keyOf(machine),
      organization: machine.facts.organization,
      instance: instanceOf(machine),
      cause: plan.reason,
      owner: plan.owner,
      triggeredAt: plan.start,
      budgetSeconds: plan.end - plan.start,
      openedAt: plan.start,
      endsAt: plan.end,
      patches: [],
      evidence: [],
    };
    const text = `${plan.owner} planned maintenance of ${instanceOf(machine)} from ${toRfc3339(plan.start)} to ${toRfc3339(plan.end)}: ${plan.reason}.`;
    return add(machine, {
      events: [{ at: plan.start - 8 * 3600, body: { type: 'maintenance.planned', data: plan } }],
      windows: [window],
      ledger: [
        line(machine, Math.min(plan.start - 8 * 3600, nowUnixSeconds), 'planned', 'operator', text, {
          windowId: plan.id,
          until: plan.end,
          actor: plan.owner,
        }),
        ...(begun
          ? [
              line(machine, plan.start, 'opened', 'planned_window', text, {
                windowId: plan.id,
                until: plan.end,
                actor: plan.owner,
              }),
            ]
          : []),
      ],
    });
  };
