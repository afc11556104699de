import { createHash } from 'node:crypto';
import type { DeviceFacts } from '../domain/device.ts';
import type { UnixSeconds } from '../domain/time.ts';

/** Boot times computed from an uptime wobble by seconds between two reads. */
const bootGrainSeconds = 60;

/**
 * Same facts, same hash, whatever the order of keys and of lists that are sets. Left out: the time of the last contact,
 * which moves with every read and travels beside the log.
 */
export function contentHash(facts: DeviceFacts): string {
  const { lastSeenAt: _seen, lastBootAt, groups, tags, ipAddresses, ...rest } = facts;
  const content = {
    ...rest,
    groups: [...groups].sort(),
    tags: [...tags].sort(),
    ipAddresses: [...ipAddresses].sort(),
    ...(lastBootAt === undefined ? {} : { lastBootAt: Math.round(lastBootAt / bootGrainSeconds) }),
  };
  return createHash('sha256').update(canonicalJson(content)).digest().toString('hex', 0, 16);
}

/** The read time is part of the key: facts that come back after a change (A, B, A) are news again. */
export function observedKey(vendorId: string, hash: string, readAt: UnixSeconds): string {
  return `observed:${hash}:${readAt.toFixed(3)}:${vendorId}`;
}

/** The content hash inside the dedup key of a `device.observed`; undefined for any other key. */
export function observedHash(dedupKey: string): string | undefined {
  return /^observed:([0-9a-f]{32}):/.exec(dedupKey)?.[1];
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
