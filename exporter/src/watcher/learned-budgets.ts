import type { DeviceState } from '../domain/device.ts';
import { BudgetModel, type LearnedBound, type PastReboot } from '../domain/learned-budget.ts';
import type { BudgetPolicy, LearnedPolicy } from '../domain/policy.ts';
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

/** Its pools are those of the device today. */
type Reboot = Omit<PastReboot, 'pools'>;

/**
 * What past quiet windows teach about how long a reboot takes. Organizations learn apart: none of another's reboots is
 * ever looked at. Says nothing while learning is switched off.
 */
export class LearnedBudgets {
  readonly #deps: LearnedBudgetsDeps;
  /** By organization, then by the id of the window. */
  readonly #reboots = new Map<string, Map<string, Reboot>>();
  readonly #models = new Map<string, BudgetModel>();
  /** What the models were made with; a reload may change it. */
  #options: LearnedPolicy | undefined;
  #isLoaded = false;

  constructor(deps: LearnedBudgetsDeps) {
    this.#deps = deps;
  }

  /** Reads the past once, page by page, also after a failure; what was switched off is forgotten. */
  async load(store: Pick<PatchStore, 'queryWindows'>): Promise<void> {
    if (!this.#deps.policy().learned.enabled) {
      this.#reboots.clear();
      this.#models.clear();
      this.#isLoaded = false;
      return;
    }
    if (this.#isLoaded) return;
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
      this.note(page.filter(({ id, organization }) => !this.#reboots.get(organization)?.has(id)));
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      before = { openedAt: last.openedAt, id: last.id };
    }
    this.#isLoaded = true;
  }

  /** Takes in windows that were stored, now or in the past; the newest word about a window counts. */
  note(windows: readonly SilenceWindow[]): void {
    if (!this.#deps.policy().learned.enabled) return;
    for (const window of windows) {
      const { id, organization } = window;
      const known = this.#reboots.get(organization) ?? new Map<string, Reboot>();
      const reboot = toReboot(window);
      if (reboot === undefined) {
        if (!known.delete(id)) continue;
      } else known.set(id, reboot);
      this.#reboots.set(organization, known);
      this.#models.delete(organization);
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
    const model = new BudgetModel(this.#rebootsOf(organization), { coverage, floorSeconds });
    this.#models.set(organization, model);
    return model;
  }

  #rebootsOf(organization: string): readonly PastReboot[] {
    const since: UnixSeconds = this.#deps.clock.now() - learningSeconds;
    const known = this.#reboots.get(organization) ?? new Map<string, Reboot>();
    for (const [id, { downAt }] of known) if (downAt < since) known.delete(id);
    return [...known.values()].flatMap((reboot) => {
      const state = this.#deps.stateOf(reboot.device);
      // A device that has gone, or now belongs to somebody else, teaches nothing about this fleet.
      return state?.facts.organization === organization ? [{ ...reboot, pools: poolsOf(state) }] : [];
    });
  }
}

/** Did a learned budget cover the reboot? undefined for other budgets, and for windows that were ended otherwise. */
export function budgetResult({ budgetFrom, outcome }: SilenceWindow): 'covered' | 'exceeded' | undefined {
  if (budgetFrom !== 'learned') return undefined;
  if (outcome === 'returned') return 'covered';
  return outcome === 'overdue' ? 'exceeded' : undefined;
}

/**
 * The reboot behind a window; undefined while nobody has seen it back, when it had not rebooted at all, or when what
 * explained the outage was withdrawn.
 */
function toReboot({ device, kind, downAt, outcome, verification, seenUpAt }: SilenceWindow): Reboot | undefined {
  const backAt = verification?.startedAt ?? seenUpAt;
  if (kind !== 'quiet' || outcome === 'contradicted' || downAt === undefined || backAt === undefined) return undefined;
  const notBooted = verification?.checks.some(({ check, result }) => check === 'boot_time' && result === 'failed');
  return notBooted === true ? undefined : { device, downAt, seconds: Math.max(0, backAt - downAt) };
}

/** Smallest first: its groups, its kind of system, its organization. */
function poolsOf({ facts }: DeviceState): readonly string[] {
  const groups = facts.groups.map((group) => `group ${group}`);
  const system = facts.os === undefined ? [] : [`${facts.os.family} devices`];
  return [...groups, ...system, 'organization'];
}
