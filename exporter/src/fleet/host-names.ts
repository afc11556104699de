import type { DeviceKey, DeviceState } from '../domain/device.ts';

/** Devices by organization and host name, whatever its case. Client after client calls a server DC01. */
export class HostNames {
  readonly #byOrganization = new Map<string, Map<string, readonly DeviceKey[]>>();

  /** Files what has changed between two states of a device in one organization. */
  replace(before: DeviceState, after: DeviceState): void {
    if (before.facts.hostNames === after.facts.hostNames && before.removed === after.removed) return;
    this.remove(before);
    this.add(after);
  }

  add({ key, facts, removed }: DeviceState): void {
    if (removed) return;
    let names = this.#byOrganization.get(facts.organization);
    if (names === undefined) this.#byOrganization.set(facts.organization, (names = new Map()));
    for (const name of distinct(facts.hostNames)) names.set(name, [...(names.get(name) ?? []), key]);
  }

  remove({ key, facts }: DeviceState): void {
    const names = this.#byOrganization.get(facts.organization);
    if (names === undefined) return;
    for (const name of distinct(facts.hostNames)) {
      const others = names.get(name)?.filter((other) => other !== key) ?? [];
      if (others.length > 0) names.set(name, others);
      else names.delete(name);
    }
    if (names.size === 0) this.#byOrganization.delete(facts.organization);
  }

  find(organization: string, name: string): readonly DeviceKey[] {
    return this.#byOrganization.get(organization)?.get(name.toLowerCase()) ?? none;
  }
}

const none: readonly DeviceKey[] = [];

function distinct(names: readonly string[]): Iterable<string> {
  const lower = names.map((name) => name.toLowerCase());
  return lower.length > 1 ? new Set(lower) : lower;
}
