import type { Policy } from '../../exporter/src/domain/policy.ts';
import { generateScenario } from './generator/generate.ts';
import type { Scenario } from './generator/scenario.ts';
import { judge, type Verdict } from './oracle/judge.ts';
import { PromqlEngine } from './promql/engine.ts';
import type { PlayResult } from './simulation/result.ts';
import { baselines, playBaseline } from './variants/baselines.ts';
import { playPatchhaven } from './variants/patchhaven.ts';
import { loadRules, type RuleSet } from './variants/rules.ts';

export const patchhaven = 'patchhaven';
export const variantNames: readonly string[] = [patchhaven, ...Object.keys(baselines)];

export interface Played {
  readonly result: PlayResult;
  readonly verdict: Verdict;
}

export interface RunOptions {
  readonly seed: number;
  readonly rules?: RuleSet;
  readonly changePolicy?: (policy: Policy) => Policy;
}

/** Labels and series names stay known to an engine for its lifetime; a fresh one now and then bounds the memory. */
const scenariosPerEngine = 200;

/** Plays scenarios of one seed, one after the other. */
export class Runner {
  readonly #options: RunOptions;
  readonly #rules: RuleSet;
  #engine = new PromqlEngine();
  #played = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#rules = options.rules ?? loadRules();
  }

  scenario(index: number): Scenario {
    return generateScenario(this.#options.seed, index);
  }

  async play(scenario: Scenario, variant: string): Promise<Played> {
    const result = await this.#playOne(scenario, variant);
    const [failure] = result.ruleFailures;
    if (failure !== undefined) throw new Error(`${failure.rule} could not be evaluated: ${failure.message}`);
    return { result, verdict: judge(scenario, result, variant === patchhaven) };
  }

  #playOne(scenario: Scenario, variant: string): Promise<PlayResult> {
    if (variant === patchhaven) {
      this.#played += 1;
      if (this.#played % scenariosPerEngine === 0) this.#engine = new PromqlEngine();
      const { changePolicy } = this.#options;
      const more = changePolicy === undefined ? {} : { changePolicy };
      return playPatchhaven(scenario, { engine: this.#engine, rules: this.#rules, ...more });
    }
    const silences = baselines[variant];
    if (silences === undefined) throw new Error(`no variant is called ${variant}`);
    return Promise.resolve(playBaseline(scenario, this.#engine, silences(scenario)));
  }
}
