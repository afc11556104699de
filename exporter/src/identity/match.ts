import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { Identity } from '../fleet/fleet-view.ts';
import type { Slicer } from '../fleet/slicer.ts';

/** One thing Prometheus scrapes, with every name and address it is known by. */
export interface TargetIdentity {
  readonly instance: string;
  /** Value of the organization label, where Prometheus carries one. */
  readonly organization?: string;
  /** Normalised host names: `node_uname_info.nodename`, Windows host name, the host part of instance and address. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

export interface IdentityRules {
  /** Device key, host name or vendor id → instance, from the configuration and from operators. Comes before all else. */
  readonly mappings: ReadonlyMap<string, string>;
  /** Source id → template, e.g. `{{systemName}}:9182`. */
  readonly templates: ReadonlyMap<string, InstanceTemplate>;
  /** False: targets carry no organization label, so an instance must be unique in the whole fleet. */
  readonly perOrganization: boolean;
}

export interface InstanceTemplate {
  readonly template: string;
  readonly lowerCase: boolean;
  readonly domainSuffix?: string;
}

/**
 * Joins devices to Prometheus instances: mapping, then what the source says, then template, then discovery. A match has
 * to be unique both ways within the organization; anything else is no match, because a wrong one would mute a stranger.
 * A large fleet takes a while: others may run in between.
 */
export async function matchFleet(
  devices: Iterable<DeviceState>,
  targets: readonly TargetIdentity[],
  rules: IdentityRules,
  slicer: Slicer,
): Promise<Map<DeviceKey, Identity>> {
  const index = indexTargets(targets, rules.perOrganization);
  const result = new Map<DeviceKey, Identity>();
  const claims = new Claims(rules.perOrganization);
  for (const device of devices) {
    // Removed and added again while this runs, a device comes twice; it is no rival of itself.
    if (device.removed || result.has(device.key)) continue;
    const identity = matchOne(device, index, rules);
    result.set(device.key, identity);
    if (identity.status === 'matched') claims.add(device, identity.instance);
    const pause = slicer.breathe();
    if (pause !== undefined) await pause;
  }
  for (const keys of claims.contested) {
    for (const key of keys) result.set(key, { status: 'ambiguous', candidates: keys });
  }
  return result;
}

/** Who was matched to which instance, and where these are several. */
class Claims {
  readonly contested = new Set<DeviceKey[]>();
  readonly #perOrganization: boolean;
  readonly #byOrganization = new Map<string, Map<string, DeviceKey | DeviceKey[]>>();

  constructor(perOrganization: boolean) {
    this.#perOrganization = perOrganization;
  }

  add({ key, facts }: DeviceState, instance: string): void {
    const organization = this.#perOrganization ? facts.organization : '';
    let claims = this.#byOrganization.get(organization);
    if (claims === undefined)
      this.#byOrganization.set(organization, (claims = new Map<string, DeviceKey | DeviceKey[]>()));
    const before = claims.get(instance);
    if (before === undefined) {
      claims.set(instance, key);
      return;
    }
    const keys = typeof before === 'string' ? [before] : before;
    keys.push(key);
    claims.set(instance, keys);
    this.contested.add(keys);
  }
}

function matchOne(device: DeviceState, index: TargetIndex, rules: IdentityRules): Identity {
  const mapped = rules.mappings.get(device.key);
  if (mapped !== undefined) return { status: 'matched', instance: mapped, by: 'mapping' };
  if (device.facts.instance !== undefined) return { status: 'matched', instance: device.facts.instance, by: 'source' };
  const template = rules.templates.get(device.source);
  if (template !== undefined) {
    const instance = renderTemplate(template, device);
    if (instance !== undefined) return { status: 'matched', instance, by: 'template' };
  }
  const candidates = discover(device, index, rules.perOrganization);
  const [only, second] = candidates;
  if (only === undefined) return { status: 'unmatched' };
  if (second !== undefined) return { status: 'ambiguous', candidates };
  return { status: 'matched', instance: only, by: 'discovery' };
}

/** Fills `{{systemName}}`, `{{hostName}}`, `{{displayName}}`, `{{vendorId}}`, `{{ip}}`; undefined when a name is missing. */
export function renderTemplate(rule: InstanceTemplate, device: DeviceState): string | undefined {
  const { facts } = device;
  const values: Record<string, string | undefined> = {
    systemName: facts.hostNames[0],
    hostName: facts.hostNames.find((name) => name.includes('.')) ?? facts.hostNames[0],
    displayName: facts.displayName,
    vendorId: facts.vendorId,
    ip: facts.ipAddresses[0],
  };
  let complete = true;
  const text = rule.template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined || value === '') complete = false;
    const bare = rule.lowerCase ? (value ?? '').toLowerCase() : (value ?? '');
    const suffix = rule.domainSuffix;
    return suffix !== undefined && name !== 'ip' && name !== 'vendorId' && !bare.includes('.')
      ? `${bare}.${suffix}`
      : bare;
  });
  return complete ? text : undefined;
}

interface TargetIndex {
  readonly byName: ReadonlyMap<string, readonly TargetIdentity[]>;
  readonly byAddress: ReadonlyMap<string, readonly TargetIdentity[]>;
}

function indexTargets(targets: readonly TargetIdentity[], perOrganization: boolean): TargetIndex {
  const byName = new Map<string, TargetIdentity[]>();
  const byAddress = new Map<string, TargetIdentity[]>();
  const put = (map: Map<string, TargetIdentity[]>, key: string, target: TargetIdentity): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [target]);
    else list.push(target);
  };
  for (const target of targets) {
    // In a fleet of several organizations a target that does not say whose it is cannot be anyone's.
    if (perOrganization && target.organization === undefined) continue;
    for (const name of new Set(target.names.map(shortName))) put(byName, name, target);
    for (const address of new Set(target.addresses)) put(byAddress, address, target);
  }
  return { byName, byAddress };
}

function discover(device: DeviceState, index: TargetIndex, perOrganization: boolean): string[] {
  const names = device.facts.hostNames.map(normalizeName).filter((name) => name !== '');
  const found = new Set<string>();
  const consider = (target: TargetIdentity): void => {
    if (!perOrganization || target.organization === device.facts.organization) found.add(target.instance);
  };
  for (const name of names) {
    for (const target of index.byName.get(shortName(name)) ?? []) {
      if (sameHost(names, target.names)) consider(target);
    }
  }
  if (found.size === 0) {
    for (const address of device.facts.ipAddresses) index.byAddress.get(address)?.forEach(consider);
  }
  return [...found].sort();
}

/** Two full names must be equal; a short name fits a full one only when the other side offers no full name to compare. */
function sameHost(deviceNames: readonly string[], targetNames: readonly string[]): boolean {
  const full = (names: readonly string[]): readonly string[] => names.filter((name) => name.includes('.'));
  const deviceFull = full(deviceNames);
  const targetFull = full(targetNames);
  if (deviceFull.length > 0 && targetFull.length > 0) return deviceFull.some((name) => targetFull.includes(name));
  const shorts = new Set(deviceNames.map(shortName));
  return targetNames.some((name) => shorts.has(shortName(name)));
}

/** Lower case, no trailing dot, no port. */
export function normalizeName(name: string): string {
  return name.trim().toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

function shortName(name: string): string {
  return normalizeName(name).split('.', 1)[0] ?? '';
}
