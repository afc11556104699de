import type { DeviceState } from '../domain/device.ts';
import { BudgetModel, type LearnedBound, type PastReboot } from '../domain/learned-budget.ts';
import { isLearned, type BudgetPolicy, type LearnedPolicy } from '../domain/policy.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import type { PatchStore, WindowQuery } from '../store/patch-store.ts';

/** How far back reboots count, and how many windows are read for it at most, newest first. */
const learningSeconds = 365 * 24 * 3600;
const mostWindows = 200_000;
const pageSize = 5_000;

export interface LearnedBudgetsDeps {
  readonly clock: Clock;
  readonly stateOf: (device: string) => DeviceState | undefined;
  readonly policy: () => BudgetPolicy;
}

/**
 * What past quiet windows teach about how long a reboot takes. Organizations learn apart: none of another's reboots is
 * ever looked at. Says nothing while learning is switched off.
 */
export class LearnedBudgets {
  readonly #deps: LearnedBudgetsDeps;
  readonly #byOrganization = new Map<string, Map<string, SilenceWindow>>();
  readonly #models = new Map<string, BudgetModel>();
  /** What the models were made with; a reload may change it. */
  #options: LearnedPolicy | undefined;
  #isLoaded = false;

  constructor(deps: LearnedBudgetsDeps) {
    this.#deps = deps;
  }

  /** Reads the past once, page by page; nothing while learning is switched off. */
  async load(store: Pick<PatchStore, 'queryWindows'>): Promise<void> {
    if (this.#isLoaded || !this.#deps.policy().learned.enabled) return;
    this.#isLoaded = true;
    const from = this.#deps.clock.now() - learningSeconds;
    let before: WindowQuery['before'];
    for (let read = 0; read < mostWindows; read += pageSize) {
      const page = await store.queryWindows({
        scope: 'all',
        kind: 'quiet',
        from,
        limit: pageSize,
        ...(before === undefined ? {} : { before }),
      });
      this.note(page.filter(({ id, organization }) => !this.#byOrganization.get(organization)?.has(id)));
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      before = { openedAt: last.openedAt, id: last.id };
    }
  }

  /** Takes in windows that were stored, now or in the past; the newest word about a window counts. */
  note(windows: readonly SilenceWindow[]): void {
    for (const window of windows) {
      if (rebootSeconds(window) === undefined) continue;
      const known = this.#byOrganization.get(window.organization) ?? new Map<string, SilenceWindow>();
      known.set(window.id, window);
      this.#byOrganization.set(window.organization, known);
      this.#models.delete(window.organization);
    }
  }

  boundFor(device: DeviceState): LearnedBound | undefined {
    const { learned } = this.#deps.policy();
    if (!learned.enabled) return undefined;
    if (this.#options !== learned) this.#models.clear();
    this.#options = learned;
    const { organization } = device.facts;
    return this.#modelOf(organization).boundFor(device.key, poolsOf(device));
  }

  #modelOf(organization: string): BudgetModel {
    const known = this.#models.get(organization);
    if (known !== undefined) return known;
    const { coverage, floorSeconds } = this.#deps.policy().learned;
    const model = new BudgetModel(this.#reboots(organization), { coverage, floorSeconds });
    this.#models.set(organization, model);
    return model;
  }

  #reboots(organization: string): readonly PastReboot[] {
    const windows = this.#byOrganization.get(organization) ?? new Map<string, SilenceWindow>();
    const since: UnixSeconds = this.#deps.clock.now() - learningSeconds;
    const reboots: PastReboot[] = [];
    for (const [id, window] of windows) {
      const { device, downAt = window.openedAt } = window;
      const state = this.#deps.stateOf(device);
      const seconds = rebootSeconds(window);
      if (downAt < since) windows.delete(id);
      // A device that has gone, or now belongs to somebody else, teaches nothing about this fleet.
      else if (seconds !== undefined && state?.facts.organization === organization)
        reboots.push({ device, downAt, seconds, pools: poolsOf(state) });
    }
    return reboots;
  }
}

/** Did a learned budget cover the reboot? undefined for other budgets, and for windows that were ended otherwise. */
export function budgetResult({ budgetBasis, outcome }: SilenceWindow): 'covered' | 'exceeded' | undefined {
  if (!isLearned(budgetBasis)) return undefined;
  if (outcome === 'returned') return 'covered';
  return outcome === 'overdue' ? 'exceeded' : undefined;
}

/**
 * How long the device was away; undefined while nobody has seen it back, when it had not rebooted at all, or when what
 * explained the outage was withdrawn.
 */
function rebootSeconds({ kind, downAt, outcome, verification, seenUpAt }: SilenceWindow): number | undefined {
  const backAt = verification?.startedAt ?? seenUpAt;
  if (kind !== 'quiet' || outcome === 'contradicted' || downAt === undefined || backAt === undefined) return undefined;
  const notBooted = verification?.checks.some(({ check, result }) => check === 'boot_time' && result === 'failed');
  return notBooted === true ? undefined : Math.max(0, backAt - downAt);
}

/** Smallest first: its groups, its kind of system, its organization. */
function poolsOf({ facts }: DeviceState): readonly string[] {
  const groups = facts.groups.map((group) => `group ${group}`);
  const system = facts.os === undefined ? [] : [`${facts.os.family} devices`];
  return [...groups, ...system, 'organization'];
}
