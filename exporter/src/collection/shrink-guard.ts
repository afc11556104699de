import type { KnownDevice } from './sink.ts';

export interface ShrinkPolicy {
  /** A read that lacks more than this share of the known devices is a failure. 1 switches the floor off. */
  readonly maxLossRatio: number;
  /** An organization with at least this many known devices must not vanish whole on the word of one read. */
  readonly wholeOrganizationDevices: number;
}

export const defaultShrinkPolicy: ShrinkPolicy = { maxLossRatio: 0.5, wholeOrganizationDevices: 2 };

export type ShrinkVerdict =
  | { readonly verdict: 'plausible'; readonly missing: readonly KnownDevice[] }
  | { readonly verdict: 'shrunk'; readonly message: string; readonly vanished: ReadonlySet<string> };

/**
 * Can this read be the whole fleet? Losing everything, or more than the floor, never is: only the operator can say so.
 * An organization that is gone whole is believed when the read before said the same (`suspected`): a token that lost a
 * client looks just like a client that left.
 */
export function judgeShrink(
  known: readonly KnownDevice[],
  present: ReadonlySet<string>,
  suspected: ReadonlySet<string>,
  policy: ShrinkPolicy,
): ShrinkVerdict {
  const missing = known.filter(({ vendorId }) => !present.has(vendorId));
  const emptied = present.size === 0 && known.length > 0 && policy.maxLossRatio < 1;
  if (emptied || missing.length > known.length * policy.maxLossRatio)
    return {
      verdict: 'shrunk',
      message: `${String(missing.length)} of ${String(known.length)} known devices are missing from one read`,
      vanished: new Set(),
    };
  const vanished = vanishedOrganizations(known, missing, policy.wholeOrganizationDevices);
  const unconfirmed = [...vanished].filter((organization) => !suspected.has(organization));
  if (unconfirmed.length > 0)
    return {
      verdict: 'shrunk',
      message: `every device of ${unconfirmed.join(', ')} is missing from one read; a second read has to confirm it`,
      vanished,
    };
  return { verdict: 'plausible', missing };
}

function vanishedOrganizations(
  known: readonly KnownDevice[],
  missing: readonly KnownDevice[],
  atLeast: number,
): ReadonlySet<string> {
  const total = countByOrganization(known);
  const lost = countByOrganization(missing);
  return new Set(
    [...lost].filter(([name, count]) => count >= atLeast && total.get(name) === count).map(([name]) => name),
  );
}

function countByOrganization(devices: readonly KnownDevice[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { organization } of devices) counts.set(organization, (counts.get(organization) ?? 0) + 1);
  return counts;
}
