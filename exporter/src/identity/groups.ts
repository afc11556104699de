import type { DeviceFacts } from '../domain/device.ts';

/** Words that choose devices: every given list needs one match; empty lists ask for nothing. */
export interface DeviceMatch {
  readonly tags: readonly string[];
  readonly sites: readonly string[];
  readonly organizations: readonly string[];
  readonly devices: readonly string[];
  readonly groups: readonly string[];
  readonly os: readonly string[];
}

/** What puts a device into a group; `groups` are those its source names. */
export interface GroupRule {
  readonly name: string;
  readonly match: DeviceMatch;
}

/** Groups of a device: those its source names and those the configuration finds it in, configured ones first. */
export function groupsOf(source: string, facts: DeviceFacts, rules: readonly GroupRule[]): readonly string[] {
  const configured = rules.filter((rule) => matchesDevice(source, facts, rule.match)).map((rule) => rule.name);
  return [...new Set([...configured, ...facts.groups])];
}

/** Case does not count. `devices` are ids, instances and names; `instance` is the one the device is joined to. */
export function matchesDevice(
  source: string,
  facts: DeviceFacts,
  match: DeviceMatch,
  instance: string | undefined = facts.instance,
): boolean {
  const names = [`${source}:${facts.vendorId}`, instance ?? '', facts.displayName, ...facts.hostNames].map(fold);
  const asks: [readonly string[], readonly string[]][] = [
    [match.tags, facts.tags],
    [match.sites, facts.site === undefined ? [] : [facts.site]],
    [match.organizations, [facts.organization]],
    [match.devices, names],
    [match.groups, facts.groups],
    [match.os, facts.os === undefined ? [] : [facts.os.family]],
  ];
  return asks.every(
    ([wanted, has]) => wanted.length === 0 || wanted.some((word) => has.map(fold).includes(fold(word))),
  );
}

function fold(word: string): string {
  return word.toLowerCase();
}
