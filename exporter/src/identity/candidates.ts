import type { DeviceState } from '../domain/device.ts';
import { normalizeName, type TargetIdentity } from './match.ts';

export interface Candidate {
  readonly instance: string;
  /** What speaks for it, best first in the list. */
  readonly because: 'host_name' | 'address' | 'similar_name' | 'no_sign';
}

const order: readonly Candidate['because'][] = ['host_name', 'address', 'similar_name', 'no_sign'];
/** Shorter beginnings are shared by whole fleets (`srv-`). */
const similarLength = 5;

/** Instances that a person may tie the device to: the likely ones first. They are told apart, never chosen. */
export function rankCandidates(device: DeviceState, targets: readonly TargetIdentity[]): readonly Candidate[] {
  const names = [device.facts.displayName, ...device.facts.hostNames].map(shortName).filter((name) => name !== '');
  const addresses = new Set(device.facts.ipAddresses);
  const best = new Map<string, Candidate>();
  for (const target of targets) {
    const candidate = { instance: target.instance, because: signOf(names, addresses, target) };
    const known = best.get(target.instance);
    if (known === undefined || compare(candidate, known) < 0) best.set(target.instance, candidate);
  }
  return [...best.values()].sort(compare);
}

function compare(a: Candidate, b: Candidate): number {
  return order.indexOf(a.because) - order.indexOf(b.because) || (a.instance < b.instance ? -1 : 1);
}

function signOf(
  names: readonly string[],
  addresses: ReadonlySet<string>,
  target: TargetIdentity,
): Candidate['because'] {
  const others = target.names.map(shortName).filter((name) => name !== '');
  if (others.some((name) => names.includes(name))) return 'host_name';
  if (target.addresses.some((address) => addresses.has(address))) return 'address';
  return others.some((other) => names.some((name) => isSimilar(name, other))) ? 'similar_name' : 'no_sign';
}

function isSimilar(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= similarLength && long.includes(short)) return true;
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared += 1;
  return shared >= similarLength && shared >= long.length - 2;
}

function shortName(name: string): string {
  return normalizeName(name).split('.', 1)[0] ?? '';
}
