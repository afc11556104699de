import { missing, stateQuery, steadyQuery, toRunning, type Running } from '../checks/baseline.ts';
import { promqlFor, stoppedQuery, type Question } from '../checks/check.ts';
import {
  ranBefore,
  runsNow,
  sourceQuestion,
  wasGood,
  type SourceHealth,
  type SourceQuestion,
} from '../checks/observed.ts';
import type { DeviceState } from '../domain/device.ts';
import type { SeriesOwner } from '../domain/promql.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CheckResult, SilenceWindow } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { bootTimeQuery, judgeBoot } from './boot-check.ts';
import { askSeries, isGood, isHealthy, momentBefore } from './device-series.ts';
import { PastAnswers } from './past-answers.ts';
import type { PrometheusClient, VectorSample } from './prometheus-client.ts';
import { SourceReadings, type HealthSource } from './source-readings.ts';
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

/** Comparison with what ran before the patch, for devices that no check is for. */
export interface BaselineSettings {
  readonly enabled: boolean;
  /** Ask the RMM where Prometheus does not know the services of the device. */
  readonly fromRmm: boolean;
  /** Names of services that may be gone afterwards. */
  readonly ignore: readonly RegExp[];
}

/** One window under verification, and what its questions have in common. */
interface Subject {
  readonly window: SilenceWindow;
  readonly device: DeviceState;
}

/**
 * Runs one round of checks for every device that came back and is not verified yet. Prometheus is asked first; the
 * device's own source where Prometheus has no series. No round waits for a source: its answer completes the round.
 */
export class Verifier {
  readonly #deps: VerifierDeps;
  readonly #past = new PastAnswers<readonly VectorSample[] | undefined>();
  readonly #readings: SourceReadings;
  /** Windows whose source has not answered yet. */
  readonly #waiting = new Set<string>();

  constructor(deps: VerifierDeps) {
    this.#deps = deps;
    this.#readings = new SourceReadings(deps.health, deps.clock);
  }

  async round(): Promise<void> {
    const { controller } = this.#deps;
    const verifying = controller.verifying();
    const down = controller.unreturned();
    const known = new Set([...verifying, ...down].map(({ id }) => id));
    this.#past.keepOnly(known);
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
    await Promise.all(conditional.map((check) => this.#wasGoodBefore(check, subject)));
    if (conditional.length === checks.length) await this.#ranBefore(subject);
  }

  #checksFor(device: DeviceState): readonly Check[] {
    return this.#deps.checks().filter((check) => check.appliesTo(device));
  }

  async #verify(window: SilenceWindow): Promise<void> {
    const device = this.#deps.stateOf(window.device);
    if (device === undefined) return;
    const subject = { window, device };
    const checks = this.#checksFor(device);
    const bootTimes = await this.#ask(subject, bootTimeQuery);
    const asked = await Promise.all(checks.map((check) => this.#run(check, subject)));
    const steps = asked.every(isLeftOut) ? [...asked, await this.#compare(subject)] : asked;
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
      const before = await this.#wasGoodBefore(check, subject);
      if (before === 'unanswered') return before;
      if (!before) return { leftOut: `${name} was not seen to be good before` };
    }
    const at = this.#deps.clock.now();
    const samples = await this.#askAbout(question, subject);
    if (samples === 'unanswered') return samples;
    const asked = this.#readings.able(subject.device, this.#sourceQuestion(question, subject), 'now');
    if (samples === undefined || samples.length === 0) {
      if (asked !== undefined) return await this.#leaveToSource(check, asked, subject, at);
      if (samples === undefined && this.#sourceQuestion(question, subject) === undefined)
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
    const stopped = await this.#ask(subject, (owner) => stoppedQuery(question, owner));
    if (stopped === 'unanswered') return stopped;
    const names = (stopped ?? []).map(({ labels }) => labels['name'] ?? 'a service');
    if (names.length > 0)
      return { check: name, result: 'failed', detail: `Prometheus: ${named(names)} not running`, at };
    return bySource(name, asked, at);
  }

  /** Asked once per window, of Prometheus first. False where nobody knows: what was not there is not missed. */
  async #wasGoodBefore({ name, question }: Check, subject: Subject): Promise<boolean | 'unanswered'> {
    const { window, device } = subject;
    // A server that is silent now would look like a service that never ran.
    const samples = await this.#past.once(window.id, JSON.stringify([name, question]), () =>
      this.#askAbout(question, subject, momentBefore(window), 'all'),
    );
    if (samples === 'unanswered') return samples;
    if (samples !== undefined && samples.length > 0) return isGood(samples);
    const asked = this.#readings.able(device, this.#sourceQuestion(question, subject), 'down');
    if (asked === undefined) return false;
    const health = this.#readings.past(window.id, device);
    return health === undefined ? 'unanswered' : wasGood(asked, health, momentBefore(window));
  }

  /** What ran steadily before the outage, by Prometheus and, where that knows no services, by the source. */
  async #ranBefore(subject: Subject): Promise<'unanswered' | readonly Running[]> {
    const { window, device } = subject;
    const { enabled, fromRmm } = this.#deps.baseline();
    if (!enabled) return [];
    // A server that is silent now would look like services that are gone.
    const steady = await this.#past.once(window.id, 'baseline', () =>
      this.#ask(subject, steadyQuery, momentBefore(window), 'all'),
    );
    if (steady === 'unanswered' || steady === undefined) return 'unanswered';
    const known = this.#toRunning(steady);
    if (!fromRmm || steady.some(({ labels }) => isService(labels['kind'])) || !this.#hasServiceList(device))
      return known;
    const health = this.#readings.past(window.id, device);
    return health === undefined
      ? 'unanswered'
      : [...known, ...this.#listed(device, ranBefore(health, momentBefore(window)))];
  }

  /** Everything that ran steadily before the outage has to run again. Where nothing was known before, nothing is said. */
  async #compare(subject: Subject): Promise<Step> {
    const { device } = subject;
    if (!this.#deps.baseline().enabled) return { leftOut: 'the comparison with what ran before is switched off' };
    const at = this.#deps.clock.now();
    const before = await this.#ranBefore(subject);
    if (before === 'unanswered') return before;
    if (before.length === 0) return { leftOut: 'nothing is known of what ran before' };
    const states = await this.#ask(subject, stateQuery, undefined, 'all');
    if (states === 'unanswered' || states === undefined) return 'unanswered';
    const now = this.#toRunning(states.filter(isHealthy));
    const stopped = this.#toRunning(states.filter((sample) => !isHealthy(sample)));
    if (before.every(({ source }) => source === undefined)) return compared(before, now, stopped, at);
    return {
      services: true,
      checks: false,
      needed: true,
      conclude: (health, proof) => {
        const listed = health === undefined ? undefined : runsNow(health, proof);
        const seen = compared(before, [...now, ...this.#listed(device, listed ?? [])], stopped, proof.now);
        if (listed !== undefined) return seen;
        const detail = `${device.source} has not told its services since it is back`;
        return { check: seen.check, result: 'no_data', detail, at: proof.now };
      },
    };
  }

  #hasServiceList(device: DeviceState): boolean {
    const everything = this.#sourceQuestion({ services: { linux: [], windows: ['.*'] } }, { device });
    return this.#readings.able(device, everything, 'down') !== undefined;
  }

  #sourceQuestion(question: Question, { device }: Pick<Subject, 'device'>): SourceQuestion | undefined {
    return sourceQuestion(question, device.facts.os?.family);
  }

  #toRunning(samples: readonly VectorSample[]): readonly Running[] {
    const { ignore } = this.#deps.baseline();
    return samples.flatMap(({ labels }) => toRunning(labels, ignore) ?? []);
  }

  #listed({ source }: DeviceState, names: readonly string[]): readonly Running[] {
    const { ignore } = this.#deps.baseline();
    return names.flatMap((name) => toRunning({ kind: 'listed', job: source, name }, ignore, source) ?? []);
  }

  #askAbout(question: Question, subject: Subject, at?: UnixSeconds, needed?: 'any' | 'all') {
    const os = subject.device.facts.os?.family;
    return this.#ask(subject, (owner) => promqlFor(question, owner, os), at, needed);
  }

  #ask(
    { window }: Subject,
    query: (owner: SeriesOwner) => string | undefined,
    at?: UnixSeconds,
    needed?: 'any' | 'all',
  ): ReturnType<typeof askSeries> {
    return askSeries(this.#deps.clients(), window, query, at, needed);
  }
}

/** What has no series any more is no data; what is known to be `stopped`, or no longer listed by the source, has failed. */
function compared(
  before: readonly Running[],
  now: readonly Running[],
  stopped: readonly Running[],
  at: UnixSeconds,
): CheckResult {
  const gone = missing(before, now);
  if (gone.length === 0)
    return {
      check: 'baseline',
      result: 'passed',
      detail: `all ${String(before.length)} that ran before run again`,
      at,
    };
  const stoppedIds = new Set(stopped.map(({ id }) => id));
  const told = before.filter(({ id, source }) => source !== undefined || stoppedIds.has(id));
  const result = missing(told, now).length === 0 ? 'no_data' : 'failed';
  return { check: 'baseline', result, detail: `not back: ${named(gone)}`, at };
}

function isService(kind: string | undefined): boolean {
  return kind === 'unit' || kind === 'service';
}
