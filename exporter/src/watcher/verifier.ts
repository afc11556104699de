import type { DeviceState } from '../domain/device.ts';
import type { Clock } from '../domain/time.ts';
import { toRfc3339 } from '../domain/time.ts';
import type { CheckResult, SilenceWindow } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { promqlString, type PrometheusClient, type VectorSample } from './prometheus-client.ts';

/** A health check from the configuration. */
export interface Check {
  readonly name: string;
  /** PromQL with `{{instance}}` and `{{organization}}`; passes when it returns samples and none of them is 0. */
  readonly query: string;
  readonly appliesTo: (device: DeviceState) => boolean;
}

export interface VerifierDeps {
  readonly clock: Clock;
  readonly clients: () => readonly PrometheusClient[];
  readonly controller: SuppressionController;
  readonly stateOf: (device: string) => DeviceState | undefined;
  readonly checks: () => readonly Check[];
}

/** The last three are windows_exporter, which has renamed it over its versions; all are Unix seconds. */
const bootTimeSeries =
  'node_boot_time_seconds|windows_system_boot_time_timestamp|windows_system_boot_time_timestamp_seconds|windows_system_system_up_time';

/** Runs one round of checks for every device that came back and is not verified yet. */
export class Verifier {
  readonly #deps: VerifierDeps;

  constructor(deps: VerifierDeps) {
    this.#deps = deps;
  }

  async round(): Promise<void> {
    await Promise.all(this.#deps.controller.verifying().map((window) => this.#verify(window)));
  }

  async #verify(window: SilenceWindow): Promise<void> {
    const device = this.#deps.stateOf(window.device);
    if (device === undefined) return;
    const checks = this.#deps.checks().filter((check) => check.appliesTo(device));
    const results = await Promise.all([
      this.#checkBoot(window, device),
      ...checks.map((check) => this.#run(check, window)),
    ]);
    // A question that no Prometheus answered says nothing about the device: the round did not take place.
    if (results.includes('unanswered')) return;
    const round = results.filter((result) => result !== 'unanswered' && result !== undefined);
    await this.#deps.controller.recordRound(window.id, window.device, round);
  }

  async #run(check: Check, window: SilenceWindow): Promise<CheckResult | 'unanswered'> {
    const query = check.query
      .replaceAll('{{instance}}', promqlString(window.instance).slice(1, -1))
      .replaceAll('{{organization}}', promqlString(window.organization).slice(1, -1));
    const at = this.#deps.clock.now();
    const samples = await this.#ask(() => query);
    if (samples === undefined) return 'unanswered';
    if (samples.length === 0) return { check: check.name, result: 'no_data', detail: 'no data', at };
    const bad = samples.filter((sample) => sample.value === 0 || Number.isNaN(sample.value));
    const detail = bad.length === 0 ? 'ok' : `${String(bad.length)} of ${String(samples.length)} samples are 0`;
    return { check: check.name, result: bad.length === 0 ? 'passed' : 'failed', detail, at };
  }

  /**
   * Did the reboot take place? Only where one was announced (a planned window may be about anything) and where somebody
   * knows the boot time; a machine that came back without having booted was down for another reason. That cannot heal:
   * once it has been told for as long as services get to settle, it no longer holds the page open.
   */
  async #checkBoot(window: SilenceWindow, device: DeviceState): Promise<CheckResult | 'unanswered' | undefined> {
    if (window.evidence.every((piece) => piece.kind === 'planned_window')) return undefined;
    const at = this.#deps.clock.now();
    const { verification } = window;
    const settleSeconds = (verification?.settlesAt ?? 0) - (verification?.startedAt ?? 0);
    if (verification?.endedAt !== undefined && at - verification.endedAt > settleSeconds) return undefined;
    const samples = await this.#ask(({ organizationLabel }) => {
      const owner = organizationLabel === null ? '' : `,${organizationLabel}=${promqlString(window.organization)}`;
      return `{__name__=~"${bootTimeSeries}",instance=${promqlString(window.instance)}${owner}}`;
    });
    if (samples === undefined) return 'unanswered';
    const known = [...samples.map((sample) => sample.value), device.facts.lastBootAt ?? 0].filter((value) => value > 0);
    if (known.length === 0) return undefined;
    const bootAt = Math.max(...known);
    const booted = bootAt > window.triggeredAt;
    const detail = booted ? `booted at ${toRfc3339(bootAt)}` : `has not booted since ${toRfc3339(window.triggeredAt)}`;
    return { check: 'boot_time', result: booted ? 'passed' : 'failed', detail, at };
  }

  /** undefined when no Prometheus answered; samples of several servers are put together. */
  async #ask(query: (client: PrometheusClient) => string): Promise<readonly VectorSample[] | undefined> {
    const results = await Promise.allSettled(this.#deps.clients().map((client) => client.query(query(client))));
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return answers.length === 0 ? undefined : answers.flat();
  }
}
