import { defaultPolicy, type Policy } from '../../../exporter/src/domain/policy.ts';
import { ExposedSeries } from '../exporter-model/exposed-series.ts';
import { createMemoryStore } from '../exporter-model/memory-store.ts';
import { earlierObservations } from '../exporter-model/rmm.ts';
import { Replica } from '../exporter-model/replica.ts';
import { createWorldClient } from '../exporter-model/world-client.ts';
import { Random } from '../generator/random.ts';
import type { Delivery, Scenario } from '../generator/scenario.ts';
import type { PromqlEngine } from '../promql/engine.ts';
import { applyFaults, isFaulty } from '../simulation/faults.ts';
import { Machines, scrapeSeconds } from '../simulation/machines.ts';
import type { PlayResult } from '../simulation/result.ts';
import type { ScrapeTarget } from '../world/scrape-target.ts';
import { World } from '../world/world.ts';
import type { RuleSet } from './rules.ts';

/** How often the exporter looks at the alerts, and the step of the simulation. */
const stepSeconds = 5;
/** A sender whose post fails tries again for this long. */
const retrySeconds = 300;

export interface PatchhavenOptions {
  readonly engine: PromqlEngine;
  readonly rules: RuleSet;
  /** Breaks the policy on purpose. */
  readonly changePolicy?: (policy: Policy) => Policy;
  readonly recordsScrapes?: boolean;
}

interface Slot {
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly target: ScrapeTarget;
  readonly series: ExposedSeries;
  replica: Replica | undefined;
  waiting: Delivery[];
  nextScrapeAt: number;
}

/** Plays a scenario with the real exporter's logic, the shipped rules and the shipped Alertmanager configuration. */
export async function playPatchhaven(scenario: Scenario, options: PatchhavenOptions): Promise<PlayResult> {
  const play = new Play(scenario, options);
  await play.run();
  return play.result();
}

class Play {
  readonly #scenario: Scenario;
  readonly #options: PatchhavenOptions;
  readonly #policy: Policy;
  readonly #world: World;
  readonly #machines: Machines;
  readonly #slots: readonly Slot[];
  readonly #forgeriesAccepted: string[] = [];
  readonly #scrapes: PlayResult['scrapes'][number][] = [];
  #now: number;
  #nextDelivery = 0;
  #nextCancellation = 0;
  readonly #cancellations: Scenario['cancellations'];
  readonly #posts: readonly Delivery[];

  constructor(scenario: Scenario, options: PatchhavenOptions) {
    const { engine, rules } = options;
    this.#scenario = scenario;
    this.#options = options;
    this.#policy = policyOf(scenario, options.changePolicy);
    this.#now = scenario.startAt;
    this.#world = new World({
      engine,
      groups: scenario.ownAlerts ? rules.own : rules.shipped,
      alertmanager: rules.alertmanager,
      startAtMs: scenario.startAt * 1000,
      ruleOffsetMs: ({ name, intervalMs }) =>
        Math.floor(new Random(scenario.seed, scenario.index, name).next() * intervalMs),
    });
    this.#machines = new Machines(scenario, this.#world);
    const random = new Random(scenario.seed, scenario.index, 'replicas');
    this.#slots = Array.from({ length: scenario.replicas }, (_, number) => ({
      store: createMemoryStore(),
      target: this.#world.addTarget({ job: 'patchhaven', instance: `patchhaven-${String(number)}:9879` }),
      series: new ExposedSeries(this.#world, String(number), rules.reads),
      replica: undefined,
      waiting: [],
      nextScrapeAt: scenario.startAt + random.next() * scrapeSeconds,
    }));
    this.#cancellations = [...scenario.cancellations].sort((left, right) => left.at - right.at);
    this.#posts = scenario.deliveries.filter(({ route }) => route !== 'rmm');
  }

  async run(): Promise<void> {
    const { startAt, endAt } = this.#scenario;
    for (const { store } of this.#slots) await store.appendEvents(earlierObservations(this.#scenario));
    for (let at = startAt; at <= endAt; at += stepSeconds) {
      this.#scrapeUpTo(at);
      this.#world.advanceTo(at * 1000);
      applyFaults(this.#scenario, this.#world, at);
      this.#now = at;
      await this.#runReplicas(at);
    }
  }

  result(): PlayResult {
    const ledger = this.#slots.flatMap(({ store }) => store.ledger);
    return {
      notifications: this.#world.notifications,
      ruleFailures: this.#world.ruleFailures(),
      forgeriesAccepted: this.#forgeriesAccepted,
      notes: ledger.map(({ at, action, text }) => ({ at, text: `patchhaven ${action}: ${text}` })),
      scrapes: this.#scrapes,
    };
  }

  #scrapeUpTo(at: number): void {
    this.#machines.scrape(at, this.#world.isPrometheusRunning);
    for (const slot of this.#slots) {
      for (; slot.nextScrapeAt <= at; slot.nextScrapeAt += scrapeSeconds) this.#scrapeReplica(slot);
    }
  }

  #scrapeReplica(slot: Slot): void {
    const { replica, target, series, nextScrapeAt: at } = slot;
    const samples = replica === undefined ? undefined : series.at(replica.fleet, at);
    if (this.#options.recordsScrapes === true && slot === this.#slots[0]) this.#scrapes.push({ at, samples });
    if (!this.#world.isPrometheusRunning) return;
    const atMs = Math.round(at * 1000);
    if (samples === undefined) target.fail(atMs);
    else target.succeed(atMs, samples);
  }

  async #runReplicas(at: number): Promise<void> {
    const posts: Delivery[] = [];
    for (let next = this.#posts[this.#nextDelivery]; next !== undefined && next.at <= at;) {
      posts.push(next);
      this.#nextDelivery += 1;
      next = this.#posts[this.#nextDelivery];
    }
    const cancelled: string[] = [];
    for (let next = this.#cancellations[this.#nextCancellation]; next !== undefined && next.at <= at;) {
      cancelled.push(next.device);
      this.#nextCancellation += 1;
      next = this.#cancellations[this.#nextCancellation];
    }
    for (const [number, slot] of this.#slots.entries()) {
      slot.waiting.push(...posts);
      await this.#runSlot(slot, number, at, cancelled);
    }
  }

  async #runSlot(slot: Slot, number: number, at: number, cancelled: readonly string[]): Promise<void> {
    if (isFaulty(this.#scenario.faults, 'exporter', at, number)) {
      slot.replica = undefined;
      return;
    }
    slot.replica ??= await this.#startReplica(slot);
    const { replica } = slot;
    for (const post of slot.waiting.splice(0)) {
      if (at - post.at > retrySeconds) continue;
      const outcome = post.route === 'operator' ? await replica.operate(post) : await replica.post(post);
      if (post.forgery !== undefined && outcome?.result === 'accepted') this.#forgeriesAccepted.push(post.id);
    }
    for (const device of cancelled) await replica.cancel(device);
    await replica.turn();
  }

  async #startReplica({ store }: Slot): Promise<Replica> {
    const replica = await Replica.start({
      scenario: this.#scenario,
      policy: this.#policy,
      clock: { now: () => this.#now },
      client: createWorldClient(this.#world),
      store,
      isRmmDown: () => isFaulty(this.#scenario.faults, 'rmm', this.#now),
    });
    // Its devices are known before anybody posts about them.
    await replica.turn();
    return replica;
  }
}

function policyOf(scenario: Scenario, change: (policy: Policy) => Policy = (policy) => policy): Policy {
  return change({
    ...defaultPolicy,
    budget: { ...defaultPolicy.budget, defaultSeconds: scenario.budgetSeconds },
    dailyCapSeconds: scenario.dailyCapSeconds,
  });
}
