export interface OrganizationDirectoryOptions {
  /** Source id → vendor organization id → key, as configured. The only way for two vendor organizations to share a key. */
  readonly configured?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Keys given out by earlier runs, in the form `onAssigned` reported them: a rename must not move a key. */
  readonly assigned?: Iterable<AssignedOrganization>;
  readonly onAssigned?: (assignment: AssignedOrganization) => void;
}

export interface AssignedOrganization {
  readonly source: string;
  readonly vendorId: string;
  readonly key: string;
}

/** Gives every organization of every source its key. */
export interface OrganizationDirectory {
  /** The function one source's connector is given. Same vendor id, same key, whatever the name says later. */
  forSource(source: string): (vendorOrganizationId: string, name: string) => string;
}

/**
 * Configured keys first; otherwise the name in slug form. A key that is taken, by another organization of any source or
 * by the configuration, is never shared: the later one gets `-<vendor id>`, because organizations never mix.
 */
export function createOrganizationDirectory(options: OrganizationDirectoryOptions = {}): OrganizationDirectory {
  const keys = new Map<string, string>();
  const taken = new Set(Object.values(options.configured ?? {}).flatMap((mapping) => Object.values(mapping)));
  for (const { source, vendorId, key } of options.assigned ?? []) {
    keys.set(place(source, vendorId), key);
    taken.add(key);
  }

  function assign(source: string, vendorId: string, name: string): string {
    const key = firstFree(candidates(slugOf(name), source, vendorId), taken);
    taken.add(key);
    keys.set(place(source, vendorId), key);
    options.onAssigned?.({ source, vendorId, key });
    return key;
  }

  return {
    forSource: (source) => (vendorId, name) => {
      const mapping = options.configured?.[source] ?? {};
      if (Object.hasOwn(mapping, vendorId)) return mapping[vendorId] ?? vendorId;
      return keys.get(place(source, vendorId)) ?? assign(source, vendorId, name);
    },
  };
}

/** Lower-case letters and digits of any script, everything else one dash; `organization` when nothing is left. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'organization' : slug;
}

function* candidates(slug: string, source: string, vendorId: string): Generator<string, never> {
  yield slug;
  yield `${slug}-${vendorId}`;
  yield `${slug}-${source}-${vendorId}`;
  for (let n = 2; ; n += 1) yield `${slug}-${source}-${vendorId}-${String(n)}`;
}

function firstFree(keys: Generator<string, never>, taken: ReadonlySet<string>): string {
  let key = keys.next();
  while (taken.has(key.value)) key = keys.next();
  return key.value;
}

function place(source: string, vendorId: string): string {
  return JSON.stringify([source, vendorId]);
}
