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

/** Counts, per organization, on how many devices each open update stands in which status; kept up to date by difference. */
export class UpdateCensus {
  readonly #organizations = new Map<string, Map<string, Count>>();
  readonly #changed = new Set<string>();

  /** Replaces a device's share. `patches` undefined: nothing is known about it. */
  replace(before: CensusShare, organization: string, patches: readonly DevicePatch[] | undefined): CensusShare {
    const after = this.#add(organization, patches ?? []);
    this.remove(before);
    return after;
  }

  remove(share: CensusShare): void {
    for (const count of share) {
      count.devices -= 1;
      this.#changed.add(count.organization);
      if (count.devices > 0) continue;
      const counts = this.#organizations.get(count.organization);
      counts?.delete(countKey(count.patch, count.status));
      if (counts?.size === 0) this.#organizations.delete(count.organization);
    }
  }

  /** Organizations whose counts may have changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  of(organization: string): readonly UpdateCount[] {
    return [...(this.#organizations.get(organization)?.values() ?? [])];
  }

  #add(organization: string, patches: readonly DevicePatch[]): CensusShare {
    let share: Set<Count> | undefined;
    for (const { id, status } of patches) {
      if (!openStatuses.has(status)) continue;
      const count = this.#count(organization, id, status);
      share ??= new Set();
      if (share.has(count)) continue;
      share.add(count);
      count.devices += 1;
    }
    if (share === undefined) return noShare;
    this.#changed.add(organization);
    return [...share];
  }

  #count(organization: string, patch: string, status: PatchStatus): Count {
    let counts = this.#organizations.get(organization);
    if (counts === undefined) this.#organizations.set(organization, (counts = new Map<string, Count>()));
    const key = countKey(patch, status);
    let count = counts.get(key);
    if (count === undefined) counts.set(key, (count = { organization, patch, status, devices: 0 }));
    return count;
  }
}

function countKey(patch: string, status: PatchStatus): string {
  return `${status} ${patch}`;
}
