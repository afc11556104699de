import { stoppedQuery, type Question } from '../checks/check.ts';
import type { SourceHealth, SourceQuestion } from '../checks/observed.ts';
import type { DeviceState } from '../domain/device.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CheckResult, SilenceWindow } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { bootTimeQuery, judgeBoot } from './boot-check.ts';
import { askSeries, isHealthy } from './device-series.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { SourceReadings, type HealthSource } from './source-readings.ts';
import { askAbout, sourceQuestionAbout, type Subject } from './subject.ts';
import {
  bySource,
  isLeftOut,
  isResult,
  isSourceStep,
  named,
  orContradicted,
  type SourceStep,
  type Step,
} from './verification-step.ts';
import { WhatRanBefore, type BaselineSettings } from './what-ran-before.ts';

/** A health check from the configuration. It passes when its samples are there and none of them is 0. */
export interface Check {
  readonly name: string;
  readonly question: Question;
  /** Ask only where the answer was good before the outage: a service that was off, or is not there, is not missed. */
  readonly onlyIfRunningBefore: boolean;
  readonly appliesTo: (device: DeviceState) => boolean;
}

export interface VerifierDeps {
  readonly clock: Clock;
  readonly clients: () => readonly PrometheusClient[];
  readonly health: HealthSource;
  readonly controller: SuppressionController;
  readonly stateOf: (device: string) => DeviceState | undefined;
  readonly checks: () => readonly Check[];
  readonly baseline: () => BaselineSettings;
  readonly clockSkewSeconds: () => number;
  /** Told of what went wrong while no round was waiting. */
  readonly onError: (error: unknown) => void;
}

/**
 * Runs one round of checks for every device that came back and is not verified yet. Prometheus is asked first; the
 * device's own source where Prometheus has no series. No round waits for a source: its answer completes the round.
 */
export class Verifier {
  readonly #deps: VerifierDeps;
  readonly #before: WhatRanBefore;
  readonly #readings: SourceReadings;
  /** Windows whose source has not answered yet. */
  readonly #waiting = new Set<string>();

  constructor(deps: VerifierDeps) {
    this.#deps = deps;
    this.#readings = new SourceReadings(deps.health, deps.clock);
    this.#before = new WhatRanBefore({ ...deps, readings: this.#readings });
  }

  async round(): Promise<void> {
    const { controller } = this.#deps;
    const verifying = controller.verifying();
    const down = controller.unreturned();
    const known = new Set([...verifying, ...down].map(({ id }) => id));
    this.#before.keepOnly(known);
    this.#readings.keepOnly(known);
    await Promise.all([
      ...down.map((window) => this.#learnPast(window)),
      ...verifying.filter(({ id }) => !this.#waiting.has(id)).map((window) => this.#verify(window)),
    ]);
  }

  /** Resolves when no source is being asked. */
  idle(): Promise<void> {
    return this.#readings.idle();
  }

  /** While a device is down its source still knows how it was; once it is back, that is overwritten. */
  async #learnPast(window: SilenceWindow): Promise<void> {
    const device = this.#deps.stateOf(window.device);
    if (device === undefined) return;
    const subject = { window, device };
    const checks = this.#checksFor(device);
    const conditional = checks.filter(({ onlyIfRunningBefore }) => onlyIfRunningBefore);
    await Promise.all(conditional.map((check) => this.#before.wasGood(check, subject)));
    if (conditional.length === checks.length) await this.#before.ran(subject);
  }

  #checksFor(device: DeviceState): readonly Check[] {
    return this.#deps.checks().filter((check) => check.appliesTo(device));
  }

  async #verify(window: SilenceWindow): Promise<void> {
    const device = this.#deps.stateOf(window.device);
    if (device === undefined) return;
    const subject = { window, device };
    const checks = this.#checksFor(device);
    const bootTimes = await askSeries(this.#deps.clients(), subject.window, bootTimeQuery);
    const asked = await Promise.all(checks.map((check) => this.#run(check, subject)));
    const steps = asked.every(isLeftOut) ? [...asked, await this.#before.compare(subject)] : asked;
    // A question that no Prometheus answered says nothing about the device: the round did not take place.
    if (bootTimes === 'unanswered' || bootTimes === undefined || steps.includes('unanswered')) return;
    const { boot, bootAt } = judgeBoot(window, device, bootTimes, this.#deps.clock.now());
    const unasked = steps.filter(isLeftOut).map(({ leftOut }) => leftOut);
    if (checks.length === 0) unasked.unshift('no check is for it');
    const record = (health: SourceHealth | undefined, now: UnixSeconds): Promise<void> => {
      const back = Math.max(window.verification?.startedAt ?? now, bootAt ?? 0);
      const proof = { after: back, now, clockSkewSeconds: this.#deps.clockSkewSeconds() };
      const concluded = steps.map((step) => (isSourceStep(step) ? step.conclude(health, proof) : step));
      const results = [boot, ...concluded].filter(isResult);
      this.#pace(window, results);
      return this.#deps.controller.recordRound(window.id, window.device, results, unasked.join('; '));
    };
    const sourceSteps = steps.filter(isSourceStep);
    if (!sourceSteps.some(({ needed }) => needed)) await record(undefined, this.#deps.clock.now());
    else if (this.#readings.isDue(window.id)) this.#askSource(subject, sourceSteps, record);
  }

  /** A source takes its time. Meanwhile the other devices have their rounds; this one's is complete with the answer. */
  #askSource(
    { window, device }: Subject,
    steps: readonly SourceStep[],
    record: (health: SourceHealth, now: UnixSeconds) => Promise<void>,
  ): void {
    const needed = steps.filter((step) => step.needed);
    const asked = { services: needed.some(({ services }) => services), checks: needed.some(({ checks }) => checks) };
    this.#waiting.add(window.id);
    const work = async (): Promise<void> => {
      const health = await this.#readings.read(device, asked);
      const isWanted = this.#deps.controller.verifying().some(({ id }) => id === window.id);
      if (isWanted) await record(health, this.#deps.clock.now());
    };
    this.#readings.track(
      work()
        .catch(this.#deps.onError)
        .finally(() => this.#waiting.delete(window.id)),
    );
  }

  /** What passes is asked again in the next round; what does not, five times while it may settle, and seldom after that. */
  #pace({ id, verification }: SilenceWindow, results: readonly CheckResult[]): void {
    const settleSeconds = (verification?.settlesAt ?? 0) - (verification?.startedAt ?? 0);
    const isGood = results.every(({ result }) => result === 'passed');
    const pauseSeconds = isGood ? 0 : verification?.verdict === 'failed' ? settleSeconds : settleSeconds / 5;
    this.#readings.notBefore(id, this.#deps.clock.now() + pauseSeconds);
  }

  async #run(check: Check, subject: Subject): Promise<Step> {
    const { name, question, onlyIfRunningBefore } = check;
    if (onlyIfRunningBefore) {
      const before = await this.#before.wasGood(check, subject);
      if (before === 'unanswered') return before;
      if (!before) return { leftOut: `${name} was not seen to be good before` };
    }
    const at = this.#deps.clock.now();
    const samples = await askAbout(this.#deps.clients(), question, subject);
    if (samples === 'unanswered') return samples;
    const asked = this.#readings.able(subject.device, sourceQuestionAbout(question, subject), 'now');
    if (samples === undefined || samples.length === 0) {
      if (asked !== undefined) return await this.#leaveToSource(check, asked, subject, at);
      if (samples === undefined && sourceQuestionAbout(question, subject) === undefined)
        return { leftOut: `${name} asks nothing of this system` };
      const detail = 'rmm' in question ? `${subject.device.source} cannot tell` : 'no data';
      return { check: name, result: 'no_data', detail, at };
    }
    const bad = samples.filter((sample) => !isHealthy(sample));
    const detail = bad.length === 0 ? 'ok' : `${String(bad.length)} of ${String(samples.length)} samples are 0`;
    const result = { check: name, result: bad.length === 0 ? ('passed' as const) : ('failed' as const), detail, at };
    return asked === undefined || bad.length > 0 ? result : orContradicted(result, asked);
  }

  /** Prometheus has no answer: the source has the word, unless Prometheus knows of a part that does not run. */
  async #leaveToSource(
    { name, question }: Check,
    asked: SourceQuestion,
    subject: Subject,
    at: UnixSeconds,
  ): Promise<Step> {
    const stopped = await askSeries(this.#deps.clients(), subject.window, (owner) => stoppedQuery(question, owner));
    if (stopped === 'unanswered') return stopped;
    const names = (stopped ?? []).map(({ labels }) => labels['name'] ?? 'a service');
    if (names.length > 0)
      return { check: name, result: 'failed', detail: `Prometheus: ${named(names)} not running`, at };
    return bySource(name, asked, at);
  }
}
