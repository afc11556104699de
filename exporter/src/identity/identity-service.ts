import type { DeviceKey } from '../domain/device.ts';
import type { Identity } from '../fleet/fleet-view.ts';
import type { Fleet } from '../fleet/fleet.ts';
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

/** Keeps the fleet's join with Prometheus up to date. A failed discovery takes nothing away. */
export class IdentityService {
  readonly #fleet: Fleet;
  readonly #store: PatchStore;
  readonly #clients: () => readonly PrometheusClient[];
  readonly #options: () => IdentityOptions;
  /** What was discovered last, per server, so that one silent server does not take its hosts' names away. */
  readonly #targets = new Map<string, readonly TargetIdentity[]>();

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
    await this.match();
    return errors;
  }

  /** Matches the fleet against what was discovered last. */
  async match(): Promise<void> {
    const { map, templates, perOrganization } = this.#options();
    const mappings = new Map<DeviceKey, string>([...(await this.#store.listMappings()), ...map]);
    const identities = matchFleet(this.#fleet.states(), [...this.#targets.values()].flat(), {
      mappings,
      templates,
      perOrganization,
    });
    this.#fleet.setIdentities(this.#heardAll() ? identities : this.#keepKnown(identities));
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
