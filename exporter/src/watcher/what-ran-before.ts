import { missing, stateQuery, steadyQuery, toRunning, type Running } from '../checks/baseline.ts';
import type { Question } from '../checks/check.ts';
import { ranBefore, runsNow, wasGood } from '../checks/observed.ts';
import type { DeviceState } from '../domain/device.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CheckResult } from '../domain/window.ts';
import { askSeries, isGood, isHealthy, momentBefore } from './device-series.ts';
import { PastAnswers } from './past-answers.ts';
import type { PrometheusClient, VectorSample } from './prometheus-client.ts';
import type { SourceReadings } from './source-readings.ts';
import { askAbout, sourceQuestionAbout, type Subject } from './subject.ts';
import { named, type Step } from './verification-step.ts';

/** Comparison with what ran before the patch, for devices that no check is for. */
export interface BaselineSettings {
  readonly enabled: boolean;
  /** Ask the RMM where Prometheus does not know the services of the device. */
  readonly fromRmm: boolean;
  /** Names of services that may be gone afterwards. */
  readonly ignore: readonly RegExp[];
}

export interface WhatRanBeforeDeps {
  readonly clock: Clock;
  readonly clients: () => readonly PrometheusClient[];
  readonly readings: SourceReadings;
  readonly baseline: () => BaselineSettings;
}

interface NamedQuestion {
  readonly name: string;
  readonly question: Question;
}

/** What was good and what ran before a window, asked once per window, and the comparison with what runs now. */
export class WhatRanBefore {
  readonly #deps: WhatRanBeforeDeps;
  readonly #answers = new PastAnswers<readonly VectorSample[] | undefined>();

  constructor(deps: WhatRanBeforeDeps) {
    this.#deps = deps;
  }

  /** Forgets every other window. */
  keepOnly(windowIds: ReadonlySet<string>): void {
    this.#answers.keepOnly(windowIds);
  }

  /** Whether a check was good. Asked of Prometheus first. False where nobody knows: what was not there is not missed. */
  async wasGood({ name, question }: NamedQuestion, subject: Subject): Promise<boolean | 'unanswered'> {
    const { window, device } = subject;
    // A server that is silent now would look like a service that never ran.
    const samples = await this.#answers.once(window.id, JSON.stringify([name, question]), () =>
      askAbout(this.#deps.clients(), question, subject, momentBefore(window), 'all'),
    );
    if (samples === 'unanswered') return samples;
    if (samples !== undefined && samples.length > 0) return isGood(samples);
    const asked = this.#deps.readings.able(device, sourceQuestionAbout(question, subject), 'down');
    if (asked === undefined) return false;
    const health = this.#deps.readings.past(window.id, device);
    return health === undefined ? 'unanswered' : wasGood(asked, health, momentBefore(window));
  }

  /** What ran steadily before the outage, by Prometheus and, where that knows no services, by the source. */
  async ran(subject: Subject): Promise<'unanswered' | readonly Running[]> {
    const { window, device } = subject;
    const { enabled, fromRmm } = this.#deps.baseline();
    if (!enabled) return [];
    // A server that is silent now would look like services that are gone.
    const steady = await this.#answers.once(window.id, 'baseline', () =>
      askSeries(this.#deps.clients(), window, steadyQuery, momentBefore(window), 'all'),
    );
    if (steady === 'unanswered' || steady === undefined) return 'unanswered';
    const known = this.#toRunning(steady);
    if (!fromRmm || steady.some(({ labels }) => isService(labels['kind'])) || !this.#hasServiceList(device))
      return known;
    const health = this.#deps.readings.past(window.id, device);
    return health === undefined
      ? 'unanswered'
      : [...known, ...this.#listed(device, ranBefore(health, momentBefore(window)))];
  }

  /** Everything that ran steadily before the outage has to run again. Where nothing was known before, nothing is said. */
  async compare(subject: Subject): Promise<Step> {
    const { device } = subject;
    if (!this.#deps.baseline().enabled) return { leftOut: 'the comparison with what ran before is switched off' };
    const at = this.#deps.clock.now();
    const before = await this.ran(subject);
    if (before === 'unanswered') return before;
    if (before.length === 0) return { leftOut: 'nothing is known of what ran before' };
    const states = await askSeries(this.#deps.clients(), subject.window, stateQuery, undefined, 'all');
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
    const everything = sourceQuestionAbout({ services: { linux: [], windows: ['.*'] } }, { device });
    return this.#deps.readings.able(device, everything, 'down') !== undefined;
  }

  #toRunning(samples: readonly VectorSample[]): readonly Running[] {
    const { ignore } = this.#deps.baseline();
    return samples.flatMap(({ labels }) => toRunning(labels, ignore) ?? []);
  }

  #listed({ source }: DeviceState, names: readonly string[]): readonly Running[] {
    const { ignore } = this.#deps.baseline();
    return names.flatMap((name) => toRunning({ kind: 'listed', job: source, name }, ignore, source) ?? []);
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
