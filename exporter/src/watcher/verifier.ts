import { missing, runningQuery, steadyQuery, toRunning } from '../checks/baseline.ts';
import { promqlFor, type Question } from '../checks/check.ts';
import type { DeviceState } from '../domain/device.ts';
import { ownerMatchers, type SeriesOwner } from '../domain/promql.ts';
import { toRfc3339, type Clock, type UnixSeconds } from '../domain/time.ts';
import { bootCheck } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { PastAnswers } from './past-answers.ts';
import type { PrometheusClient, VectorSample } from './prometheus-client.ts';

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
  readonly controller: SuppressionController;
  readonly stateOf: (device: string) => DeviceState | undefined;
  readonly checks: () => readonly Check[];
  readonly baseline: () => BaselineSettings;
}

/** Comparison with what ran before the patch, for devices that no check is for. */
export interface BaselineSettings {
  readonly enabled: boolean;
  /** Names of services that may be gone afterwards. */
  readonly ignore: readonly RegExp[];
}

/** The outcome of one question in a round: `unanswered` by Prometheus, or left out for this device, and in words why. */
type Answer = CheckResult | 'unanswered' | LeftOut;
interface LeftOut {
  readonly leftOut: string;
}

/** The last three are windows_exporter, which has renamed it over its versions; all are Unix seconds. */
const bootTimeSeries =
  'node_boot_time_seconds|windows_system_boot_time_timestamp|windows_system_boot_time_timestamp_seconds|windows_system_system_up_time';

const beforeSeconds = 60;
const longestBeforeSeconds = 2 * 3600;
const shownNames = 5;

/** Runs one round of checks for every device that came back and is not verified yet. */
export class Verifier {
  readonly #deps: VerifierDeps;
  readonly #past = new PastAnswers<readonly VectorSample[] | undefined>();

  constructor(deps: VerifierDeps) {
    this.#deps = deps;
  }

  async round(): Promise<void> {
    const windows = this.#deps.controller.verifying();
    this.#past.keepOnly(new Set(windows.map(({ id }) => id)));
    await Promise.all(windows.map((window) => this.#verify(window)));
  }

  async #verify(window: SilenceWindow): Promise<void> {
    const device = this.#deps.stateOf(window.device);
    if (device === undefined) return;
    const checks = this.#deps.checks().filter((check) => check.appliesTo(device));
    const boot = await this.#checkBoot(window, device);
    const answers = await Promise.all(checks.map((check) => this.#run(check, window, device)));
    const health = answers.every(isLeftOut) ? [...answers, await this.#compare(window)] : answers;
    // A question that no Prometheus answered says nothing about the device: the round did not take place.
    if (boot === 'unanswered' || health.includes('unanswered')) return;
    const results = [boot, ...health].filter(isResult);
    const unasked = health.filter(isLeftOut).map(({ leftOut }) => leftOut);
    if (checks.length === 0) unasked.unshift('no check is for it');
    await this.#deps.controller.recordRound(window.id, window.device, results, unasked.join('; '));
  }

  async #run(check: Check, window: SilenceWindow, device: DeviceState): Promise<Answer> {
    const query = (owner: SeriesOwner) => promqlFor(check.question, owner, device.facts.os?.family);
    const noQuestion = { leftOut: `${check.name} asks nothing of this system` };
    if (check.onlyIfRunningBefore) {
      // A server that is silent now would look like a service that never ran.
      const before = await this.#past.once(window.id, JSON.stringify([check.name, check.question]), () =>
        this.#ask(window, query, momentBefore(window), 'all'),
      );
      if (before === 'unanswered') return before;
      if (before === undefined) return noQuestion;
      if (!isGood(before)) return { leftOut: `${check.name} was not seen to be good before` };
    }
    const at = this.#deps.clock.now();
    const samples = await this.#ask(window, query);
    if (samples === 'unanswered') return samples;
    if (samples === undefined) return noQuestion;
    if (samples.length === 0) return { check: check.name, result: 'no_data', detail: 'no data', at };
    const bad = samples.filter((sample) => !isHealthy(sample));
    const detail = bad.length === 0 ? 'ok' : `${String(bad.length)} of ${String(samples.length)} samples are 0`;
    return { check: check.name, result: bad.length === 0 ? 'passed' : 'failed', detail, at };
  }

  /** Everything that ran steadily before the outage has to run again. Where nothing was known before, nothing is said. */
  async #compare(window: SilenceWindow): Promise<Answer> {
    const { enabled, ignore } = this.#deps.baseline();
    if (!enabled) return { leftOut: 'the comparison with what ran before is switched off' };
    // A server that is silent now would look like services that are gone.
    const ask = (query: (owner: SeriesOwner) => string, moment?: UnixSeconds) =>
      this.#ask(window, query, moment, 'all');
    const toNames = (samples: readonly VectorSample[]) =>
      samples.flatMap(({ labels }) => toRunning(labels, ignore) ?? []);
    const at = this.#deps.clock.now();
    const steady = await this.#past.once(window.id, 'baseline', () => ask(steadyQuery, momentBefore(window)));
    if (steady === 'unanswered' || steady === undefined) return 'unanswered';
    const before = toNames(steady);
    if (before.length === 0) return { leftOut: 'nothing is known of what ran before' };
    const running = await ask(runningQuery);
    if (running === 'unanswered' || running === undefined) return 'unanswered';
    const now = toNames(running);
    const gone = missing(before, now);
    const passed = gone.length === 0;
    const detail = passed ? `all ${String(before.length)} that ran before run again` : `not back: ${named(gone)}`;
    return { check: 'baseline', result: passed ? 'passed' : 'failed', detail, at };
  }

  /**
   * Did the reboot take place? Only where one was announced (a planned window may be about anything) and where somebody
   * knows the boot time; a machine that came back without having booted was down for another reason. That cannot heal:
   * once it has been told for as long as services get to settle, it no longer holds the page open.
   */
  async #checkBoot(window: SilenceWindow, device: DeviceState): Promise<Answer> {
    const notAsked = { leftOut: 'whether it booted' };
    if (window.evidence.every((piece) => piece.kind === 'planned_window')) return notAsked;
    const at = this.#deps.clock.now();
    const { verification } = window;
    const settleSeconds = (verification?.settlesAt ?? 0) - (verification?.startedAt ?? 0);
    if (verification?.endedAt !== undefined && at - verification.endedAt > settleSeconds) return notAsked;
    const samples = await this.#ask(window, (owner) => `{__name__=~"${bootTimeSeries}", ${ownerMatchers(owner)}}`);
    if (samples === 'unanswered' || samples === undefined) return 'unanswered';
    const known = [...samples.map((sample) => sample.value), device.facts.lastBootAt ?? 0].filter((value) => value > 0);
    if (known.length === 0) return notAsked;
    const bootAt = Math.max(...known);
    const booted = bootAt > window.triggeredAt;
    const detail = booted ? `booted at ${toRfc3339(bootAt)}` : `has not booted since ${toRfc3339(window.triggeredAt)}`;
    return { check: bootCheck, result: booted ? 'passed' : 'failed', detail, at };
  }

  /**
   * Samples of several servers are put together; undefined where there is nothing to ask. What is another organization's
   * proves nothing about this device: such samples are left out, and so are servers that do not say whose theirs are
   * while others do.
   */
  async #ask(
    { instance, organization }: SilenceWindow,
    query: (owner: SeriesOwner) => string | undefined,
    at?: UnixSeconds,
    needed: 'any' | 'all' = 'any',
  ): Promise<readonly VectorSample[] | 'unanswered' | undefined> {
    const all = this.#deps.clients();
    const labelled = all.filter(({ organizationLabel }) => organizationLabel !== null);
    const asked = (labelled.length > 0 ? labelled : all).flatMap((client) => {
      const text = query({ instance, organization, organizationLabel: client.organizationLabel });
      return text === undefined ? [] : [client.query(text, at)];
    });
    if (asked.length === 0) return all.length === 0 ? 'unanswered' : undefined;
    const results = await Promise.allSettled(asked);
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return answers.length < (needed === 'all' ? asked.length : 1)
      ? 'unanswered'
      : answers.flat().filter((sample) => (sample.organization ?? organization) === organization);
  }
}

/**
 * When the device was last itself: before it went down and before what triggered the window, since an install may stop
 * services long before the restart. A trigger of days ago says nothing about today.
 */
function momentBefore({ triggeredAt, downAt, openedAt }: SilenceWindow): UnixSeconds {
  const down = downAt ?? openedAt;
  return Math.max(Math.min(triggeredAt, down) - beforeSeconds, down - longestBeforeSeconds);
}

function isLeftOut(answer: Answer): answer is LeftOut {
  return typeof answer === 'object' && 'leftOut' in answer;
}

function isResult(answer: Answer): answer is CheckResult {
  return answer !== 'unanswered' && !isLeftOut(answer);
}

function isGood(samples: readonly VectorSample[]): boolean {
  return samples.length > 0 && samples.every(isHealthy);
}

function isHealthy({ value }: VectorSample): boolean {
  return value !== 0 && !Number.isNaN(value);
}

function named(names: readonly string[]): string {
  const more = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}
