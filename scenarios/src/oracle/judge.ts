import type { Scenario, ScenarioDevice, TrueOutage } from '../generator/scenario.ts';
import type { PlayResult } from '../simulation/result.ts';
import { healthAlerts, toIncidents, type Incident } from './incidents.ts';
import { permissionsOf, type Permission } from './permission.ts';
import { alertmanagerGaps, exporterGaps, overlaps, prometheusGaps } from './programs.ts';
import { timing } from './timing.ts';

export const faultKinds = ['false', 'missed', 'double', 'late', 'stuck'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Finding {
  readonly kind: FaultKind | 'excused';
  readonly device: string;
  readonly at: number;
  readonly text: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Outages and dead services that were judged. */
  readonly judged: number;
  /** Outages too near to a threshold for a promise in either direction. */
  readonly unclear: number;
  /** Real outages: seconds from when plain HostDown would have paged to the page, or to the end without one. */
  readonly mutedSeconds: number;
}

/** `law`: a page before the deadline is an error, and so is silence that nothing allowed. Baselines know no law. */
export function judge(scenario: Scenario, result: PlayResult, law: boolean): Verdict {
  const incidents = toIncidents(scenario, result.notifications);
  const judges = scenario.devices.map((device) => {
    return new DeviceJudge(
      scenario,
      device,
      incidents.filter((incident) => incident.device === device.id),
      law,
    );
  });
  const strangers = incidents.filter(({ device }) => !scenario.devices.some(({ id }) => id === device));
  const sum = (of: (verdict: Verdict) => number): number =>
    judges.reduce((total, { verdict }) => total + of(verdict), 0);
  return {
    findings: [
      ...judges.flatMap(({ verdict }) => verdict.findings),
      ...strangers.map((incident) => finding('false', incident, 'a page for nobody')),
      ...result.forgeriesAccepted.map((text): Finding => ({
        kind: 'missed',
        device: text,
        at: 0,
        text: 'forgery accepted',
      })),
    ],
    judged: sum(({ judged }) => judged),
    unclear: sum(({ unclear }) => unclear),
    mutedSeconds: sum(({ mutedSeconds }) => mutedSeconds),
  };
}

function finding(kind: Finding['kind'], { device, openedAt, alert }: Incident, text: string): Finding {
  return { kind, device, at: openedAt, text: `${alert}: ${text}` };
}

interface Expectation {
  /** No page before this; later ones are lawful. */
  readonly mayPageFrom: number;
  /** undefined: nobody has to be paged. */
  readonly mustPageBy: number | undefined;
}

class DeviceJudge {
  readonly verdict: Verdict;
  readonly #scenario: Scenario;
  readonly #device: ScenarioDevice;
  readonly #law: boolean;
  readonly #findings: Finding[] = [];
  readonly #down: readonly Incident[];
  readonly #health: readonly Incident[];

  constructor(scenario: Scenario, device: ScenarioDevice, incidents: readonly Incident[], law: boolean) {
    this.#scenario = scenario;
    this.#device = device;
    this.#law = law;
    this.#down = incidents.filter(({ alert }) => !healthAlerts.has(alert));
    this.#health = incidents.filter(({ alert }) => healthAlerts.has(alert));
    const permissions = permissionsOf(scenario, device);
    let mutedSeconds = 0;
    device.outages.forEach((outage, index) => {
      const permission = permissions[index];
      if (permission !== undefined) mutedSeconds += this.#judgeOutage(outage, permission);
    });
    this.#judgeStrays();
    this.#judgeHealth(permissions);
    this.verdict = {
      findings: this.#findings,
      judged: device.outages.length + (device.unhealthy === undefined ? 0 : 1),
      unclear: permissions.filter(({ granted }) => granted === 'unclear').length,
      mutedSeconds,
    };
  }

  #judgeOutage(outage: TrueOutage, permission: Permission): number {
    const opened = this.#down.filter((incident) => this.#ownerOf(incident) === outage);
    const running = this.#down.find(
      ({ openedAt, closedAt }) => openedAt < outage.downAt && (closedAt ?? Infinity) > outage.downAt,
    );
    const [first] = opened;
    const expected = expect(this.#scenario, this.#device, outage, permission);
    const isBlind = prometheusGaps(this.#scenario).some(
      (gap) => gap.to - gap.from > timing.alertExpiry && overlaps(gap, outage.downAt, outage.upAt),
    );
    const repeated = opened.find(
      (page, index) => index > 0 && !this.#isAnotherOutage(opened[index - 1] ?? page, page, outage),
    );
    if (first !== undefined && !isBlind) this.#judgePage(first, outage, permission, expected);
    if (repeated !== undefined)
      this.#findings.push(finding('double', repeated, `second page after ${first?.alert ?? ''}`));
    for (const incident of opened) this.#judgeStaying(incident, outage);
    this.#judgeAbsence(first ?? running, outage, permission, expected);
    for (const incident of opened) this.#judgeResolve(incident, this.#overAt(outage));
    return mutedSeconds(outage, permission, running === undefined ? first?.openedAt : outage.downAt);
  }

  /**
   * It answered in between, or Prometheus stopped: an alert that waits again meanwhile expires in Alertmanager. A page
   * tells of what was seen up to an evaluation and a group_wait before.
   */
  #isAnotherOutage(before: Incident, page: Incident, { answers }: TrueOutage): boolean {
    const told = before.openedAt - timing.evaluation - timing.groupWait;
    const breaks = [...answers, ...prometheusGaps(this.#scenario)];
    return breaks.some(({ from, to }) => told <= to && to <= page.openedAt && from <= page.openedAt);
  }

  #judgePage(page: Incident, outage: TrueOutage, permission: Permission, { mayPageFrom }: Expectation): void {
    const isBenign = outage.cause === 'patch' && outage.upAt <= outage.downAt + this.#scenario.budgetSeconds;
    if (permission.granted !== 'yes') {
      if (isBenign) this.#findings.push(finding('excused', page, 'planned, but the evidence left a doubt'));
      return;
    }
    if (page.openedAt >= mayPageFrom) return;
    // Without a law, an early page for what really is an outage woke the right person.
    const isLawless = !this.#law && !isBenign;
    if (!isLawless) this.#findings.push(finding('false', page, `lawful from ${clock(mayPageFrom)}`));
  }

  #judgeAbsence(
    page: Incident | undefined,
    outage: TrueOutage,
    permission: Permission,
    { mustPageBy }: Expectation,
  ): void {
    if (mustPageBy === undefined || this.#hasForgottenResolve(outage)) return;
    const isBenign = outage.cause === 'patch' && outage.upAt <= outage.downAt + this.#scenario.budgetSeconds;
    if (isBenign && !this.#law) return;
    const allowed = Math.max(mustPageBy, this.#flushAfter(outage));
    if (page === undefined) {
      if (outage.upAt <= allowed) return;
      const text = `no page by ${clock(allowed)} (${permission.granted === 'yes' ? 'past its budget' : 'nothing allowed silence'})`;
      this.#findings.push({ kind: 'missed', device: this.#device.id, at: outage.downAt, text });
    } else if (page.openedAt > allowed) {
      this.#findings.push(finding('late', page, `due by ${clock(allowed)}`));
    }
  }

  /** What was announced stays until the machine answers. */
  #judgeStaying(incident: Incident, outage: TrueOutage): void {
    const { closedAt } = incident;
    if (closedAt === undefined || closedAt >= outage.upAt) return;
    const breaks = [...outage.answers, ...prometheusGaps(this.#scenario)];
    if (breaks.some(({ from }) => from < closedAt && from > incident.openedAt - timing.noticed)) return;
    this.#findings.push(finding('missed', incident, `resolved at ${clock(closedAt)} while it was down`));
  }

  /** A crash of Alertmanager that forgets a resolve takes the next page of that group for a repetition. */
  #hasForgottenResolve({ upAt }: TrueOutage): boolean {
    const crashes = alertmanagerGaps(this.#scenario).filter(({ isCrash, from }) => isCrash && from < upAt);
    return this.#down.some(({ closedAt }) =>
      crashes.some(({ from }) => closedAt !== undefined && closedAt < from && closedAt > from - 900),
    );
  }

  /**
   * Prometheus repeats a resolve for 15 minutes, and each repetition makes Alertmanager's group of that device a flushed
   * one: a page of the same name then waits for the next group_interval instead of group_wait.
   */
  #flushAfter(outage: TrueOutage): number {
    const told = this.#down.filter(({ openedAt }) => openedAt < outage.downAt).at(-1)?.closedAt;
    // An alert that was inhibited leaves a flushed group behind, too.
    const earlier = this.#device.outages.filter(({ upAt }) => upAt < outage.downAt).at(-1);
    const muted = this.#scenario.ownAlerts ? earlier?.upAt : undefined;
    const before = Math.max(told ?? -Infinity, muted ?? -Infinity);
    if (outage.downAt > before + timing.repeatedResolve) return 0;
    return Math.max(before, outage.downAt + timing.for + timing.noticed) + timing.groupInterval + 2 * timing.tolerance;
  }

  /** The end of an outage, or of the next one when that begins before the resolve of this one is due. */
  #overAt(outage: TrueOutage): number {
    const next = this.#device.outages.find(({ downAt }) => downAt > outage.downAt);
    const due = resolveLimit(this.#scenario, outage.upAt) ?? -Infinity;
    return next !== undefined && next.downAt < due ? this.#overAt(next) : outage.upAt;
  }

  #judgeResolve(incident: Incident, overAt: number): void {
    const limit = resolveLimit(this.#scenario, overAt);
    if (limit === undefined || limit > this.#scenario.endAt) return;
    if ((incident.closedAt ?? Infinity) > limit) {
      this.#findings.push(finding('stuck', incident, `no resolve by ${clock(limit)}`));
    }
  }

  #ownerOf({ openedAt }: Incident): TrueOutage | undefined {
    return this.#device.outages
      .filter(({ downAt }) => downAt <= openedAt)
      .findLast(({ upAt }) => openedAt <= withDelays(this.#scenario, upAt, upAt + timing.noticed + timing.groupWait));
  }

  #judgeStrays(): void {
    for (const incident of this.#down) {
      if (this.#ownerOf(incident) === undefined) this.#findings.push(finding('false', incident, 'the device was up'));
    }
  }

  #judgeHealth(permissions: readonly Permission[]): void {
    const { unhealthy, outages } = this.#device;
    const index = outages.findIndex(({ upAt }) => upAt === unhealthy?.from);
    for (const page of this.#health) {
      if (unhealthy !== undefined && page.openedAt >= unhealthy.from && page.openedAt <= unhealthy.to + 120) {
        this.#judgeResolve(page, this.#lastWord(unhealthy.to + 75));
      } else if (!this.#cameBackWithoutBoot(page, permissions)) {
        this.#findings.push(finding('false', page, 'the service was well'));
      }
    }
    const outage = outages[index];
    if (unhealthy === undefined || outage === undefined || permissions[index]?.granted !== 'yes') return;
    const by = outage.upAt + timing.healthPage;
    const blind = [
      ...exporterGaps(this.#scenario),
      ...prometheusGaps(this.#scenario),
      ...alertmanagerGaps(this.#scenario),
    ];
    const isCancelled = this.#scenario.cancellations.some(({ device }) => device === this.#device.id);
    if (isCancelled || unhealthy.to < by || blind.some((gap) => overlaps(gap, outage.downAt, by))) return;
    const [page] = this.#health;
    if (page === undefined) {
      this.#findings.push({ kind: 'missed', device: this.#device.id, at: by, text: 'a dead service after the reboot' });
    } else if (page.openedAt > by) this.#findings.push(finding('late', page, `due by ${clock(by)}`));
    if (this.#health.length > 1)
      this.#findings.push(finding('double', page ?? (this.#health[0] as Incident), 'second page for the service'));
  }

  /** What an exporter that died said last is believed for a while. */
  #lastWord(at: number): number {
    const gaps = exporterGaps(this.#scenario).filter((gap) => overlaps(gap, at - timing.lookBack, at));
    return Math.max(at, ...gaps.map((gap) => Math.min(gap.to + 90, gap.from + timing.lookBack + timing.noticed)));
  }

  /** A fault inside the time that evidence covers is taken for the reboot; coming back without one then pages, rightly. */
  #cameBackWithoutBoot(page: Incident, permissions: readonly Permission[]): boolean {
    return this.#device.outages.some(
      ({ boots, upAt }, index) => !boots && upAt <= page.openedAt && permissions[index]?.granted !== 'no',
    );
  }
}

function expect(
  scenario: Scenario,
  device: ScenarioDevice,
  outage: TrueOutage,
  { granted, deadline }: Permission,
): Expectation {
  const { downAt, upAt, answers } = outage;
  const restartsAt = Math.max(downAt, ...answers.map(({ to }) => to));
  const plainBy = restartsAt + timing.noticed + timing.for + timing.evaluation + timing.groupWait + timing.tolerance;
  if (granted === 'no') return withFaults(scenario, outage, downAt + timing.for, plainBy);
  const overdueBy = deadline.to + timing.scrape + timing.evaluation + timing.groupWait + timing.tolerance;
  const must = Math.max(overdueBy, granted === 'unclear' ? plainBy : 0);
  if (granted === 'unclear') return withFaults(scenario, outage, downAt, must);
  const cancelledAt = cancellation(scenario, device, outage);
  const lapses = exporterGaps(scenario)
    .filter((gap) => gap.to - gap.from >= timing.retry && overlaps(gap, downAt, upAt))
    .map((gap) => gap.from + timing.lookBack - timing.noticed);
  const may = Math.min(deadline.from, cancelledAt ?? Infinity, ...lapses);
  const isCancelSure =
    cancelledAt !== undefined && !exporterGaps(scenario).some((gap) => overlaps(gap, downAt, cancelledAt + 60));
  const cancelBy =
    (cancelledAt ?? Infinity) +
    timing.step +
    timing.scrape +
    timing.evaluation +
    timing.groupWait +
    2 * timing.tolerance;
  const restartBy = Math.max(cancelBy, ...answers.map(({ to }) => to + timing.noticed + timing.for + 60));
  return withFaults(scenario, outage, may, isCancelSure ? Math.min(must, restartBy) : must);
}

/** An operator finds a window to end only while the device is down inside it. */
function cancellation(scenario: Scenario, device: ScenarioDevice, outage: TrueOutage): number | undefined {
  return scenario.cancellations.find(
    ({ device: id, at }) => id === device.id && at >= outage.downAt && at < outage.upAt,
  )?.at;
}

function withFaults(scenario: Scenario, outage: TrueOutage, mayPageFrom: number, by: number): Expectation {
  const mustPageBy = withDelays(scenario, outage.downAt, by);
  return { mayPageFrom, mustPageBy: outage.upAt > mustPageBy ? mustPageBy : undefined };
}

/** A program that is down between `from` and `by` delays what is due. */
function withDelays(scenario: Scenario, from: number, by: number): number {
  let due = by;
  for (const gap of prometheusGaps(scenario)) {
    const start = gap.to + 4 * timing.evaluation + timing.for + timing.groupWait + timing.noticed;
    if (overlaps(gap, from - timing.noticed, due)) due = Math.max(due, start);
  }
  for (const gap of alertmanagerGaps(scenario)) {
    if (overlaps(gap, from, due + timing.tolerance)) due = Math.max(due, gap.to + 120);
  }
  return due;
}

/**
 * When the resolve must have gone out; undefined where a crash of Alertmanager lost the memory of the page, or where it was
 * restarted while there was no Prometheus to tell it of the alert again.
 */
function resolveLimit(scenario: Scenario, overAt: number): number | undefined {
  const told = overAt + timing.noticed + timing.stuckAfter + 60;
  const forgets = alertmanagerGaps(scenario).some(
    (gap) =>
      overlaps(gap, overAt - 900, told) &&
      (gap.isCrash || prometheusGaps(scenario).some((other) => overlaps(other, gap.from, gap.to))),
  );
  if (forgets) return undefined;
  const afterGaps = prometheusGaps(scenario)
    .filter((gap) => overlaps(gap, overAt - timing.noticed, told))
    .map((gap) => Math.max(gap.to, gap.from + 240) + timing.stuckAfter + 60);
  const hadNoAlertmanager = alertmanagerGaps(scenario).some((gap) => overlaps(gap, overAt - 600, told));
  // The rules go on believing a replica that stopped, also in that a device is not well.
  const afterStops = scenario.faults
    .filter((gap) => gap.what === 'exporter' && overlaps(gap, overAt - timing.lookBack, told))
    .map(({ from, to }) => Math.min(from + timing.lookBack, to) + timing.stuckAfter);
  const limit = Math.max(withDelays(scenario, overAt, told), ...afterGaps, ...afterStops);
  return limit + (hadNoAlertmanager ? timing.stuckAfter : 0);
}

function mutedSeconds(outage: TrueOutage, { deadline }: Permission, pagedAt: number | undefined): number {
  const isStuck = outage.cause === 'patch' && outage.upAt > deadline.to;
  if (outage.cause === 'patch' && !isStuck) return 0;
  const plainAt = outage.downAt + timing.noticed + timing.for + timing.evaluation + timing.groupWait + timing.tolerance;
  const dueAt = isStuck
    ? deadline.to + timing.scrape + timing.evaluation + timing.groupWait + timing.tolerance
    : plainAt;
  return Math.max(0, (pagedAt ?? outage.upAt) - dueAt);
}

export function clock(at: number): string {
  return at === Infinity ? 'never' : new Date(at * 1000).toISOString().slice(11, 19);
}
