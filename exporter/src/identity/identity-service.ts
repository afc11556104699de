import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { Identity } from '../fleet/fleet-view.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { createSlicer } from '../fleet/slicer.ts';
import type { PatchStore } from '../store/patch-store.ts';
import type { PrometheusClient } from '../watcher/prometheus-client.ts';
import { type Candidate, rankCandidates } from './candidates.ts';
import { targetIdentities } from './discovery.ts';
import { matchFleet, type InstanceTemplate, type TargetIdentity } from './match.ts';

export interface IdentityOptions {
  /** Device key → instance from the configuration. Operators' mappings in the store come after it. */
  readonly map: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, InstanceTemplate>;
  /** True when Prometheus tells organizations apart, so that an instance has to be unique only within one. */
  readonly perOrganization: boolean;
  readonly discovery: boolean;
  readonly jobs: RegExp;
}

/** Half an hour back: a host that is down right now still has to be recognised by the name it told before. */
const hostSeriesQuery = 'last_over_time({__name__=~"node_uname_info|windows_os_hostname|windows_cs_hostname"}[30m])';

const sliceMs = 4;

/** Keeps the fleet's join with Prometheus up to date. A failed discovery takes nothing away. */
export class IdentityService {
  readonly #fleet: Fleet;
  readonly #store: PatchStore;
  readonly #clients: () => readonly PrometheusClient[];
  readonly #options: () => IdentityOptions;
  /** What was discovered last, per server, so that one silent server does not take its hosts' names away. */
  readonly #targets = new Map<string, readonly TargetIdentity[]>();
  /** What unmatched devices said of themselves when they were tried since the last discovery. */
  readonly #tried = new Map<DeviceKey, string>();
  #matching: Promise<unknown> = Promise.resolve();

  constructor(deps: {
    fleet: Fleet;
    store: PatchStore;
    clients: () => readonly PrometheusClient[];
    options: () => IdentityOptions;
  }) {
    this.#fleet = deps.fleet;
    this.#store = deps.store;
    this.#clients = deps.clients;
    this.#options = deps.options;
  }

  /** Asks every Prometheus what it scrapes, then matches. Returns the errors of those that did not answer. */
  async discover(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    if (this.#options().discovery) {
      for (const client of this.#clients()) {
        try {
          this.#targets.set(client.name, await this.#read(client));
        } catch (error) {
          errors.push(error);
        }
      }
    }
    this.#tried.clear();
    await this.match();
    return errors;
  }

  /** Matches the fleet against what was discovered last. One after the other: the later one knows more. */
  match(): Promise<void> {
    const turn = this.#matching.then(() => this.#match());
    this.#matching = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Matches the fleet anew when one of these devices is unmatched and says something of itself that it did not say the
   * last time. Others have to wait for the next discovery. True when it did.
   */
  async matchNew(devices: Iterable<DeviceKey>): Promise<boolean> {
    let isNew = false;
    for (const key of devices) {
      const state = this.#fleet.state(key);
      if (state === undefined || !this.#fleet.isUnmatched(key)) continue;
      const names = namesOf(state);
      if (this.#tried.get(key) === names) continue;
      this.#tried.set(key, names);
      isNew = true;
    }
    if (isNew) await this.match();
    return isNew;
  }

  async #match(): Promise<void> {
    const { map, templates, perOrganization } = this.#options();
    const mappings = new Map<DeviceKey, string>([...(await this.#store.listMappings()), ...map]);
    const targets = [...this.#targets.values()].flat();
    const slicer = createSlicer(sliceMs);
    const rules = { mappings, templates, perOrganization };
    for (let isTaken = false; !isTaken;) {
      const { moves } = this.#fleet;
      const found = await matchFleet(this.#fleet.states(), targets, rules, slicer);
      const identities = this.#heardAll() ? found : this.#keepKnown(found);
      isTaken = await this.#fleet.updateIdentities(identities, moves, slicer);
    }
  }

  /** Instances a person may tie the device to, out of what was discovered last. */
  candidates(key: DeviceKey): { readonly candidates: readonly Candidate[]; readonly perOrganization: boolean } {
    const { perOrganization } = this.#options();
    const state = this.#fleet.state(key);
    if (state === undefined) return { candidates: [], perOrganization };
    const own = [...this.#targets.values()]
      .flat()
      .filter(({ organization }) => !perOrganization || organization === state.facts.organization);
    return { candidates: rankCandidates(state, own), perOrganization };
  }

  /** False until every Prometheus has been read once: what is missing then means nothing. */
  #heardAll(): boolean {
    return !this.#options().discovery || this.#clients().every(({ name }) => this.#targets.has(name));
  }

  /** At a start a device in an open window is matched as it was before, which only a complete discovery may undo. */
  #keepKnown(identities: ReadonlyMap<DeviceKey, Identity>): ReadonlyMap<DeviceKey, Identity> {
    const kept = new Map(identities);
    for (const [key, { status }] of identities) {
      if (status !== 'unmatched' || this.#fleet.isUnmatched(key)) continue;
      const known = this.#fleet.get(key)?.identity;
      if (known !== undefined) kept.set(key, known);
    }
    return kept;
  }

  async #read(client: PrometheusClient): Promise<readonly TargetIdentity[]> {
    const { jobs } = this.#options();
    const [targets, hostSeries] = await Promise.all([client.targets(), client.query(hostSeriesQuery)]);
    return targetIdentities({ targets, hostSeries, jobs });
  }
}

/** Everything about a device that matching looks at. */
function namesOf({ facts }: DeviceState): string {
  const { organization, instance, hostNames, displayName, ipAddresses } = facts;
  return JSON.stringify([organization, instance ?? null, hostNames, displayName, ipAddresses]);
}
