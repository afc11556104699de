import type { UnixSeconds } from '../../domain/time.ts';
import type { Counter } from '../tally.ts';

/** A machine reports its boot time anew each time; the same boot may come a little earlier or later. */
const sameBootSeconds = 120;

export interface RebootFacts {
  readonly agentId: string;
  readonly needsReboot: boolean | null | undefined;
  readonly lastBootAt: UnixSeconds | undefined;
  /** Newest dated install we know of. */
  readonly lastInstallAt: UnixSeconds | undefined;
}

/**
 * `needs_reboot` is written by the patch and check-in paths only and goes on standing after the reboot (issue 1632 of
 * the vendor). So it is believed only with proof that it is about the boot that is running: an install after that boot,
 * or an earlier read in which the same boot did not ask for a reboot yet. A boot after the last install clears it.
 * Everything else is unknown, and unknown explains no outage.
 */
export class RebootFlag {
  /** Boot under which an agent last said that it needs no reboot. */
  readonly #clean = new Map<string, UnixSeconds>();

  judge({ agentId, needsReboot, lastBootAt, lastInstallAt }: RebootFacts, dropped: Counter): boolean | undefined {
    if (needsReboot === false) {
      if (lastBootAt !== undefined) this.#clean.set(agentId, lastBootAt);
      return false;
    }
    if (needsReboot !== true) return undefined;
    if (lastBootAt === undefined) return unknown('device.reboot_unproven', dropped);
    if (lastInstallAt !== undefined && lastInstallAt > lastBootAt) return true;
    const clean = this.#clean.get(agentId);
    if (clean !== undefined && Math.abs(clean - lastBootAt) <= sameBootSeconds) return true;
    if (lastInstallAt === undefined) return unknown('device.reboot_unproven', dropped);
    dropped.add('device.reboot_stale');
    return false;
  }

  /** Forgets agents that are gone. */
  keepOnly(agentIds: ReadonlySet<string>): void {
    for (const id of this.#clean.keys()) if (!agentIds.has(id)) this.#clean.delete(id);
  }
}

function unknown(reason: string, dropped: Counter): undefined {
  dropped.add(reason);
  return undefined;
}
