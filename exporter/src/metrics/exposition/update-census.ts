import { openStatuses, type DevicePatch, type PatchStatus } from '../../domain/patch.ts';
import type { UpdateCount } from '../family.ts';

interface Count {
  readonly organization: string;
  readonly patch: string;
  readonly status: PatchStatus;
  devices: number;
}

/** A device's share of the census; hand it back to take the device out. */
export type CensusShare = readonly Count[];

const noShare: CensusShare = [];

type Counts = Map<string, Count[]>;

/** Counts, per organization, on how many devices each open update stands in which status; kept up to date by difference. */
export class UpdateCensus {
  readonly #organizations = new Map<string, Counts>();
  readonly #changed = new Set<string>();

  /** Replaces a device's share. `patches` undefined: nothing is known about it. */
  replace(before: CensusShare, organization: string, patches: readonly DevicePatch[] | undefined): CensusShare {
    const after = this.#find(organization, patches ?? []);
    if (sameShare(before, after)) return before;
    for (const count of after) {
      count.devices += 1;
      this.#changed.add(count.organization);
    }
    this.remove(before);
    return after;
  }

  remove(share: CensusShare): void {
    for (const count of share) {
      count.devices -= 1;
      this.#changed.add(count.organization);
      if (count.devices === 0) this.#drop(count);
    }
  }

  /** Organizations whose counts may have changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  of(organization: string): readonly UpdateCount[] {
    return [...(this.#organizations.get(organization)?.values() ?? [])].flat();
  }

  /** The counts a device with these updates has a share in, each once. */
  #find(organization: string, patches: readonly DevicePatch[]): CensusShare {
    let share: Count[] | undefined;
    let counts: Counts | undefined;
    for (const { id, status } of patches) {
      if (!openStatuses.has(status)) continue;
      counts ??= this.#countsOf(organization);
      const count = countOf(counts, organization, id, status);
      if (share === undefined) share = [count];
      else if (!share.includes(count)) share.push(count);
    }
    return share ?? noShare;
  }

  #countsOf(organization: string): Counts {
    let counts = this.#organizations.get(organization);
    if (counts === undefined) this.#organizations.set(organization, (counts = new Map<string, Count[]>()));
    return counts;
  }

  #drop(count: Count): void {
    const counts = this.#organizations.get(count.organization);
    const others = counts?.get(count.patch)?.filter((other) => other !== count) ?? [];
    if (others.length > 0) counts?.set(count.patch, others);
    else counts?.delete(count.patch);
    if (counts?.size === 0) this.#organizations.delete(count.organization);
  }
}

function countOf(counts: Counts, organization: string, patch: string, status: PatchStatus): Count {
  let byStatus = counts.get(patch);
  if (byStatus === undefined) counts.set(patch, (byStatus = []));
  for (const count of byStatus) if (count.status === status) return count;
  const count: Count = { organization, patch, status, devices: 0 };
  byStatus.push(count);
  return count;
}

function sameShare(before: CensusShare, after: CensusShare): boolean {
  return before.length === after.length && before.every((count, i) => count === after[i]);
}
