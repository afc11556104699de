import { isIP } from 'node:net';
import { normalizeName, type TargetIdentity } from './match.ts';

type Labels = Readonly<Record<string, string>>;

/** One series of an instant vector, or one active target, with the organization it belongs to where that is known. */
export interface Owned {
  readonly organization?: string;
  readonly labels: Labels;
}

export interface DiscoveryInput {
  /** Active targets: their labels and the address before relabelling. */
  readonly targets: readonly (Owned & { readonly discoveredLabels: Labels })[];
  /** Series of `node_uname_info`, `windows_os_hostname` and `windows_cs_hostname`. */
  readonly hostSeries: readonly Owned[];
  /** Only targets of these jobs name machines; an application's exporter on the same host does not. */
  readonly jobs: RegExp;
}

const hostLabels = ['nodename', 'hostname', 'fqdn'] as const;

/** Gathers, per (organization, instance), every name and address Prometheus knows for it. */
export function targetIdentities(input: DiscoveryInput): TargetIdentity[] {
  const merged = new Map<
    string,
    { instance: string; organization?: string; names: Set<string>; addresses: Set<string> }
  >();
  const entry = ({ labels, organization }: Owned) => {
    const instance = labels['instance'];
    if (instance === undefined || instance === '') return undefined;
    const key = JSON.stringify([organization ?? null, instance]);
    const known = merged.get(key);
    if (known !== undefined) return known;
    const fresh = {
      instance,
      ...(organization === undefined ? {} : { organization }),
      names: new Set<string>(),
      addresses: new Set<string>(),
    };
    merged.set(key, fresh);
    return fresh;
  };
  const addHost = (
    target: { names: Set<string>; addresses: Set<string> } | undefined,
    host: string | undefined,
  ): void => {
    if (target === undefined || host === undefined) return;
    const bare = hostPart(host);
    if (bare === '') return;
    if (isIP(bare) !== 0) target.addresses.add(bare);
    else target.names.add(normalizeName(bare));
  };
  for (const target of input.targets) {
    if (!input.jobs.test(target.labels['job'] ?? '')) continue;
    const known = entry(target);
    addHost(known, target.labels['instance']);
    addHost(known, target.discoveredLabels['__address__']);
  }
  for (const series of input.hostSeries) {
    if (!input.jobs.test(series.labels['job'] ?? '')) continue;
    const known = entry(series);
    for (const label of hostLabels) addHost(known, series.labels[label]);
  }
  return [...merged.values()].map((target) => ({
    ...target,
    names: [...target.names],
    addresses: [...target.addresses],
  }));
}

/** `host:9100` → host, `[fe80::1]:9100` → fe80::1, `https://host/path` → host. */
export function hostPart(address: string): string {
  const withoutScheme = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split('/', 1)[0] ?? '';
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(withoutScheme)?.[1];
  if (bracketed !== undefined) return bracketed;
  if (isIP(withoutScheme) === 6) return withoutScheme;
  return withoutScheme.replace(/:\d+$/, '');
}
