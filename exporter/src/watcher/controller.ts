import { randomUUID } from 'node:crypto';
import {
  decide,
  reviewWindow,
  type Decision,
  type Outage,
  type Presence,
  type RefusalReason,
} from '../domain/decision.ts';
import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { stepMaintenance, type MaintenanceStep } from '../domain/maintenance.ts';
import type { Policy } from '../domain/policy.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import { toRfc3339 } from '../domain/time.ts';
import { foldRound, startVerification } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow, Verification, WindowOutcome } from '../domain/window.ts';
import { durationText, evidenceText, refusalText } from '../domain/words.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { createSlicer, type Slicer } from '../fleet/slicer.ts';
import { plannerSources, type SourceBoard } from '../fleet/source-board.ts';
import type { PatchStore } from '../store/patch-store.ts';
import type { LearnedBudgets } from './learned-budgets.ts';
import type { ObservedOutages } from './outages.ts';

/** What the controller tells the metrics. */
export interface DecisionRecorder {
  decision(decision: 'opened' | 'extended' | 'refused' | 'closed', reason: string): void;
  windowClosed(window: SilenceWindow): void;
}

export interface ControllerDeps {
  readonly clock: Clock;
  readonly store: PatchStore;
  readonly fleet: Fleet;
  readonly sources: SourceBoard;
  readonly policy: () => Policy;
  readonly recorder: DecisionRecorder;
  /** Asks the device's source now; returns soon, the result arrives as events before a later step. */
  readonly requestLookup: (device: DeviceKey) => void;
  /** Absent: budgets are those of the configuration. */
  readonly learned?: Pick<LearnedBudgets, 'boundFor' | 'note'>;
}

/** What one step learned from the monitoring. */
export interface Observation {
  /** False when a Prometheus did not answer: what is missing then means nothing. */
  readonly complete: boolean;
  readonly outages: ObservedOutages['byDevice'];
  /** True: the monitoring positively says the device answers. Absent: it cannot say. */
  readonly up: ReadonlySet<DeviceKey>;
}

interface Batch {
  readonly windows: SilenceWindow[];
  readonly entries: LedgerEntry[];
  /** What follows once the batch is durable, and not otherwise. */
  readonly effects: (() => void)[];
}

const automatic = 'patchhaven';
/** A step may be long on a patch night; nobody else should have to wait for all of it. */
const sliceMs = 4;
/** A device that is gone from the monitoring never answers again; it is not remembered for ever. */
const forgetPagedSeconds = 24 * 3600;

/**
 * Opens, keeps and closes windows. It decides nothing itself: the domain's pure functions do, and each result is in the
 * store before the fleet, and with it Prometheus, learns of it.
 */
export class SuppressionController {
  readonly #deps: ControllerDeps;
  /** Last refusal told per device, so that the ledger has one line per outage and reason and not one per poll. */
  readonly #refused = new Map<DeviceKey, { readonly downAt: UnixSeconds; readonly reason: RefusalReason }>();
  /** Devices whose outage has been paged, and when that was last seen. */
  readonly #paged = new Map<DeviceKey, UnixSeconds>();
  readonly #upSince = new Map<string, UnixSeconds>();
  readonly #maintenanceCandidates = new Set<DeviceKey>();
  #lane: Promise<unknown> = Promise.resolve();

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
  }

  /** Devices of whom something new was folded in: their maintenance windows want another look. */
  noteChanged(devices: Iterable<DeviceKey>): void {
    for (const device of devices) this.#maintenanceCandidates.add(device);
  }

  /** One step on fresh observations: first what decides about pages, then maintenance. Steps and operators' actions take turns. */
  async step(observation: Observation): Promise<void> {
    await this.#inTurn(async () => {
      const now = this.#deps.clock.now();
      const slicer = createSlicer(sliceMs);
      const batch: Batch = emptyBatch();
      this.#notePaged(observation, now);
      await this.#reviewOpen(observation, batch, slicer, now);
      await this.#decideOutages(observation, batch, slicer, now);
      this.#noteLateReturns(observation, batch, now);
      await this.#commit(batch);
    });
    await this.#stepMaintenance();
  }

  /** Ends a window at once at a person's word. Returns undefined when there is no such open window. */
  cancel(windowId: string, actor: string, reason: string): Promise<SilenceWindow | undefined> {
    return this.#inTurn(async () => {
      const window = [...this.#deps.fleet.openWindows()].find((open) => open.id === windowId);
      if (window === undefined) return undefined;
      const batch: Batch = emptyBatch();
      const closed = this.#close(window, 'cancelled', `cancelled: ${reason}`, batch, this.#deps.clock.now(), actor);
      await this.#commit(batch);
      return closed;
    });
  }

  /** Devices whose return somebody waits for: in a quiet window, past one, or paged. */
  awaited(): readonly { readonly device: DeviceKey; readonly instance: string }[] {
    const paged = [...this.#paged.keys()].flatMap((device) => {
      const instance = this.#deps.fleet.muteableInstance(device);
      return instance === undefined ? [] : [{ device, instance }];
    });
    return [...this.unreturned(), ...paged];
  }

  /** Quiet windows whose device nobody has seen answer since. */
  unreturned(): readonly SilenceWindow[] {
    return this.#deps.fleet.recentQuiet().filter((window) => window.closedAt === undefined || isUnreturned(window));
  }

  /** Windows whose device came back and is, or was found not to be, in health. */
  verifying(): readonly SilenceWindow[] {
    return this.#deps.fleet.recentQuiet().filter(({ verification }) => {
      return verification?.verdict === 'running' || verification?.verdict === 'failed';
    });
  }

  /**
   * Takes over one round of checks; the verdict ends maintenance and, when it is "failed", pages through the metrics.
   * `unasked`: in words, why there was nothing to ask, for a verdict of "not run".
   */
  recordRound(
    windowId: string,
    device: DeviceKey,
    results: readonly CheckResult[],
    unasked = 'there was nothing to ask',
  ): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#deps.clock.now();
      const window = this.#deps.fleet.windowsOf(device).find((known) => known.id === windowId);
      if (window?.verification === undefined) return;
      const before = window.verification;
      const verification = foldRound(before, results, this.#deps.policy().verification, now);
      if (verification === before) return;
      const batch = emptyBatch();
      batch.windows.push({ ...window, verification });
      const action = verificationAction(before, verification);
      if (action !== undefined) {
        batch.entries.push({
          ...entryOf(window, now, action, verification.verdict),
          text: verdictText(window, verification, unasked),
        });
        this.noteChanged([device]);
      }
      await this.#commit(batch);
    });
  }

  /**
   * Closes what ran out while nobody was looking, before anything else happens after a start, and of the windows that are
   * `planned` for later those whose plan has gone: its end was stored, theirs was not. Open ones see to that themselves.
   */
  settleAfterStart(planned: readonly SilenceWindow[]): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#deps.clock.now();
      const batch: Batch = emptyBatch();
      for (const window of this.#deps.fleet.openWindows()) {
        if (now < window.endsAt) continue;
        const outcome = window.kind === 'quiet' ? 'overdue' : 'expired';
        this.#close(window, outcome, 'ran out while Patchhaven was not running', batch, window.endsAt);
      }
      for (const window of planned) {
        if (this.#isStillPlanned(window)) continue;
        this.#close(window, 'contradicted', `Nobody plans maintenance of ${window.instance} any more.`, batch, now);
      }
      this.noteChanged([...this.#deps.fleet.states()].map((state) => state.key));
      await this.#commit(batch);
    });
  }

  async #decideOutages(
    { outages, complete }: Observation,
    batch: Batch,
    slicer: Slicer,
    now: UnixSeconds,
  ): Promise<void> {
    if (complete) for (const device of this.#refused.keys()) if (!outages.has(device)) this.#refused.delete(device);
    for (const [key, outage] of outages) {
      await slicer.breathe();
      const view = this.#deps.fleet.get(key);
      const instance = this.#deps.fleet.muteableInstance(key);
      if (view === undefined || instance === undefined) continue;
      if (view.quiet !== undefined && view.quiet.closedAt === undefined) continue;
      const decision = decide({
        device: view.state,
        instance,
        outage: { ...outage, paged: outage.paged || this.#paged.has(key) },
        history: this.#deps.fleet.windowsOf(key),
        freshnessOf: (source) => this.#deps.sources.freshness(source),
        policy: this.#deps.policy(),
        learned: this.#deps.learned?.boundFor(view.state),
        now,
      });
      if (decision.action === 'open') this.#open(view.state, instance, outage, decision, batch, now);
      else this.#refuse(view.state, instance, outage, decision, batch, now);
    }
  }

  #open(
    device: DeviceState,
    instance: string,
    outage: Outage,
    decision: Extract<Decision, { action: 'open' }>,
    batch: Batch,
    now: UnixSeconds,
  ): void {
    const [carrier] = decision.evidence;
    if (carrier === undefined) return;
    const cause = decision.evidence.map(evidenceText).join('; ');
    const window: SilenceWindow = {
      id: randomUUID(),
      kind: 'quiet',
      device: device.key,
      organization: device.facts.organization,
      instance,
      cause,
      owner: carrier.owner ?? automatic,
      triggeredAt: carrier.at,
      downAt: outage.downAt,
      budgetSeconds: decision.budgetSeconds,
      budgetFrom: decision.budgetFrom,
      openedAt: now,
      endsAt: decision.endsAt,
      patches: carrier.patches,
      evidence: decision.evidence,
    };
    batch.windows.push(window);
    batch.entries.push({
      ...entryOf(window, now, 'opened', carrier.kind),
      text: `${instance} went down at ${toRfc3339(outage.downAt)} and is quiet until ${toRfc3339(window.endsAt)}: ${cause}. Budget of ${durationText(decision.budgetSeconds)}, ${decision.budgetBasis}.`,
      alert: outage.alerts.join(', '),
    });
    batch.effects.push(() => {
      this.#deps.recorder.decision('opened', carrier.kind);
      this.#deps.fleet.setCapped(device.key, undefined);
      this.#refused.delete(device.key);
    });
  }

  #refuse(
    device: DeviceState,
    instance: string,
    outage: Outage,
    decision: Extract<Decision, { action: 'refuse' }>,
    batch: Batch,
    now: UnixSeconds,
  ): void {
    if (decision.mayChange) this.#deps.requestLookup(device.key);
    const before = this.#refused.get(device.key);
    if (before?.downAt === outage.downAt && before.reason === decision.reason) return;
    batch.effects.push(() => {
      this.#refused.set(device.key, { downAt: outage.downAt, reason: decision.reason });
      this.#deps.recorder.decision('refused', decision.reason);
      if (decision.cappedUntil !== undefined) this.#deps.fleet.setCapped(device.key, decision.cappedUntil);
    });
    const seen = decision.evidence.length === 0 ? '' : ` Seen: ${decision.evidence.map(evidenceText).join('; ')}.`;
    batch.entries.push({
      at: now,
      organization: device.facts.organization,
      device: device.key,
      instance,
      action: 'refused',
      reason: decision.reason,
      text: `${instance} went down at ${toRfc3339(outage.downAt)} and is not muted: ${refusalText(decision.reason)}.${seen}`,
      actor: automatic,
      downAt: outage.downAt,
      alert: outage.alerts.join(', '),
      evidence: decision.evidence,
    });
  }

  async #reviewOpen(observation: Observation, batch: Batch, slicer: Slicer, now: UnixSeconds): Promise<void> {
    for (const window of this.#deps.fleet.openWindows()) {
      if (window.kind !== 'quiet') continue;
      await slicer.breathe();
      const view = this.#deps.fleet.get(window.device);
      const reason = reviewWindow(
        window,
        view?.state,
        this.#deps.fleet.muteableInstance(window.device),
        this.#presence(window, observation, now),
        this.#deps.policy(),
        (source) => this.#deps.sources.freshness(source),
        now,
      );
      if (reason === undefined) continue;
      const text = closingText(reason, window, now);
      // An overdue window ended at its stored end, however late we came to look.
      const at = reason === 'overdue' ? window.endsAt : now;
      const upSince = this.#upSince.get(window.id) ?? now;
      this.#close(reason === 'returned' ? this.#withVerification(window, upSince) : window, reason, text, batch, at);
    }
  }

  #presence(window: SilenceWindow, { outages, up }: Observation, now: UnixSeconds): Presence {
    if (outages.has(window.device)) {
      this.#upSince.delete(window.id);
      return 'down';
    }
    if (!up.has(window.device)) return 'unknown';
    const since = this.#upSince.get(window.id) ?? now;
    this.#upSince.set(window.id, since);
    return now - since >= this.#deps.policy().returnStableSeconds ? 'returned' : 'answering';
  }

  #withVerification(window: SilenceWindow, upSince: UnixSeconds): SilenceWindow {
    return { ...window, verification: startVerification(upSince, this.#deps.policy().verification) };
  }

  /** A device that came back after its window had ended; after its budget it is verified as well. */
  #noteLateReturns({ outages, up }: Observation, batch: Batch, now: UnixSeconds): void {
    for (const key of up) {
      const quiet = this.#deps.fleet.get(key)?.quiet;
      if (quiet === undefined || !isUnreturned(quiet) || outages.has(key)) continue;
      const seen = { ...quiet, seenUpAt: now };
      batch.windows.push(quiet.outcome === 'overdue' ? this.#withVerification(seen, now) : seen);
    }
  }

  /** Prometheus forgets at a restart what it paged; an outage that was paged stays so until the device answers. */
  #notePaged({ outages, up }: Observation, now: UnixSeconds): void {
    for (const [key, outage] of outages) if (outage.paged) this.#paged.set(key, now);
    for (const [key, at] of this.#paged) {
      if ((up.has(key) && !outages.has(key)) || now - at > forgetPagedSeconds) this.#paged.delete(key);
    }
  }

  #close(
    window: SilenceWindow,
    outcome: WindowOutcome,
    text: string,
    batch: Batch,
    at: UnixSeconds,
    actor: string = automatic,
  ): SilenceWindow {
    const closed = { ...window, closedAt: at, outcome };
    batch.windows.push(closed);
    batch.entries.push({ ...entryOf(window, this.#deps.clock.now(), 'closed', outcome), text, actor });
    batch.effects.push(() => {
      this.#upSince.delete(window.id);
      this.#deps.recorder.decision('closed', outcome);
      this.#deps.recorder.windowClosed(closed);
    });
    return closed;
  }

  /**
   * Looks at every device that has a maintenance window or something new. On a patch night these are thousands: the work
   * is done in slices, each a turn and a commit of its own.
   */
  async #stepMaintenance(): Promise<void> {
    const open = this.#deps.fleet.openWindows().filter((window) => window.kind === 'maintenance');
    const devices = [...new Set([...open.map((window) => window.device), ...this.#maintenanceCandidates])];
    const slicer = createSlicer(sliceMs);
    for (let next = 0; next < devices.length;) {
      await slicer.breathe();
      await this.#inTurn(async () => {
        const [first, now, batch] = [next, this.#deps.clock.now(), emptyBatch()];
        do {
          this.#stepMaintenanceOf(devices[next] ?? '', batch, now);
          next += 1;
        } while (next < devices.length && !slicer.isSpent());
        await this.#commit(batch).catch((error: unknown) => {
          // What could not be stored is tried again in the next step.
          this.noteChanged(devices.slice(first));
          throw error;
        });
      });
    }
  }

  #stepMaintenanceOf(key: DeviceKey, batch: Batch, now: UnixSeconds): void {
    this.#maintenanceCandidates.delete(key);
    const view = this.#deps.fleet.get(key);
    const instance = this.#deps.fleet.muteableInstance(key);
    const foreign = this.#deps.fleet
      .windowsOf(key)
      .filter((window) => window.kind === 'maintenance' && window.closedAt === undefined)
      .filter((window) => !this.#stillConcerns(window));
    for (const window of foreign) {
      const text = `Maintenance of ${window.instance} is over: it is no longer this device.`;
      this.#close(window, 'contradicted', text, batch, now);
    }
    if (foreign.length > 0 || view === undefined || instance === undefined) return;
    const { state, maintenance, quiet } = view;
    const step = stepMaintenance(
      state,
      maintenance,
      quiet,
      (source) => this.#deps.sources.freshness(source),
      this.#deps.policy(),
      now,
    );
    this.#takeMaintenanceStep(step, state, instance, maintenance, batch, now);
    if (hasFuture(state, now)) this.#maintenanceCandidates.add(key);
  }

  #isStillPlanned({ id, device, organization, openedAt }: SilenceWindow): boolean {
    const state = this.#deps.fleet.state(device);
    if (state === undefined || state.removed || state.facts.organization !== organization) return false;
    return state.planned.some((plan) => plan.id === id && plan.end > openedAt);
  }

  /** Is the window's device still there, in the same organization and behind the same instance? */
  #stillConcerns(window: SilenceWindow): boolean {
    const state = this.#deps.fleet.state(window.device);
    if (state === undefined || state.removed || state.facts.organization !== window.organization) return false;
    return this.#deps.fleet.muteableInstance(window.device) === window.instance;
  }

  #takeMaintenanceStep(
    step: MaintenanceStep,
    device: DeviceState,
    instance: string,
    last: SilenceWindow | undefined,
    batch: Batch,
    now: UnixSeconds,
  ): void {
    if (step.action === 'none') return;
    if (step.action === 'close') {
      if (last === undefined) return;
      const at = step.outcome === 'expired' ? last.endsAt : now;
      this.#close(last, step.outcome, `Maintenance of ${last.instance} is over (${step.outcome}).`, batch, at);
      return;
    }
    const cause = evidenceText(step.evidence);
    const window: SilenceWindow =
      step.action === 'extend' && last !== undefined
        ? { ...last, endsAt: step.endsAt, cause, evidence: [step.evidence] }
        : {
            id: plannerSources.has(step.evidence.source) ? step.evidence.ref : randomUUID(),
            kind: 'maintenance',
            device: device.key,
            organization: device.facts.organization,
            instance,
            cause,
            owner: step.evidence.owner ?? automatic,
            triggeredAt: step.evidence.at,
            budgetSeconds: step.endsAt - now,
            openedAt: now,
            endsAt: step.endsAt,
            patches: step.evidence.patches,
            evidence: [step.evidence],
          };
    const action = step.action === 'extend' ? 'extended' : 'opened';
    batch.windows.push(window);
    batch.entries.push({
      ...entryOf(window, now, action, step.evidence.kind),
      text: `Maintenance of ${instance} until ${toRfc3339(step.endsAt)}: ${cause}.`,
    });
    batch.effects.push(() => {
      this.#deps.recorder.decision(action, step.evidence.kind);
    });
  }

  async #commit(batch: Batch): Promise<void> {
    if (batch.windows.length === 0 && batch.entries.length === 0) return;
    await this.#deps.store.recordDecisions(batch.windows, batch.entries);
    this.#deps.fleet.putWindows(batch.windows);
    this.#deps.learned?.note(batch.windows);
    for (const effect of batch.effects) effect();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lane.then(work, work);
    this.#lane = turn.catch(() => undefined);
    return turn;
  }
}

/** Ended, but not because the device came back, which nobody has seen since. */
function isUnreturned({ outcome, seenUpAt }: SilenceWindow): boolean {
  return outcome !== undefined && outcome !== 'returned' && seenUpAt === undefined;
}

function emptyBatch(): Batch {
  return { windows: [], entries: [], effects: [] };
}

function entryOf(
  window: SilenceWindow,
  at: UnixSeconds,
  action: LedgerEntry['action'],
  reason: string,
): Omit<LedgerEntry, 'text'> {
  return {
    at,
    organization: window.organization,
    device: window.device,
    instance: window.instance,
    windowId: window.id,
    action,
    reason,
    actor: automatic,
    until: window.endsAt,
    ...(window.downAt === undefined ? {} : { downAt: window.downAt }),
    evidence: window.evidence,
  };
}

function verificationAction(before: Verification, after: Verification): LedgerEntry['action'] | undefined {
  if (before.verdict === after.verdict) return undefined;
  if (after.verdict === 'passed') return 'verified';
  return after.verdict === 'failed' ? 'verification_failed' : 'verification_skipped';
}

function verdictText(window: SilenceWindow, verification: Verification, unasked: string): string {
  if (verification.verdict === 'passed') return `${window.instance} passed its checks in consecutive rounds.`;
  if (verification.verdict === 'not_run') return `${window.instance} is back, its health is not verified: ${unasked}.`;
  const failed = verification.checks.filter((check) => check.result !== 'passed');
  return `${window.instance} is back but not healthy: ${failed.map((check) => `${check.check} (${check.detail})`).join(', ')}.`;
}

function closingText(reason: WindowOutcome, window: SilenceWindow, now: UnixSeconds): string {
  const lasted = durationText(now - (window.downAt ?? window.openedAt));
  switch (reason) {
    case 'returned':
      return `${window.instance} is back after ${lasted}; verification begins.`;
    case 'overdue':
      return `${window.instance} is still down at the end of its budget of ${durationText(window.budgetSeconds)}: it pages.`;
    default:
      return `What explained the outage of ${window.instance} no longer holds: it pages.`;
  }
}

function hasFuture(state: DeviceState, now: UnixSeconds): boolean {
  return state.planned.some((plan) => plan.end > now) || (state.facts.maintenance?.end ?? 0) > now;
}
