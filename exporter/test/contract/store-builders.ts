import type { DeviceState } from '../../src/domain/device.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import type { SilenceWindow } from '../../src/domain/window.ts';
import type { CollectionRun } from '../../src/store/patch-store.ts';

/** 2024-08-13T02:00:00Z, a patch Tuesday night. */
export const night = 1_723_514_400;

export function anEvent(
  change: Partial<Pick<DomainEvent, 'source' | 'dedupKey' | 'organization' | 'device' | 'occurredAt'>>,
) {
  return {
    source: 'ninja',
    dedupKey: 'activity-1',
    organization: 'acme',
    device: 'ninja:1',
    occurredAt: night,
    receivedAt: night + 1.25,
    type: 'reboot.pending',
    data: { reason: 'KB5041160 “cumulative”' },
    ...change,
  } as const satisfies DomainEvent;
}

export function aWindow(change: Partial<SilenceWindow>): SilenceWindow {
  return {
    id: 'window-1',
    kind: 'quiet',
    device: 'ninja:1',
    organization: 'acme',
    instance: 'srv1:9182',
    cause: 'reboot after KB5041160',
    owner: 'patchhaven',
    triggeredAt: night,
    downAt: night + 60,
    budgetSeconds: 1800,
    openedAt: night + 60,
    endsAt: night + 1860,
    patches: [{ id: 'KB5041160', title: 'Cumulative Update' }],
    evidence: [],
    ...change,
  };
}

export function anEntry(change: Partial<LedgerEntry>): LedgerEntry {
  return {
    at: night + 60,
    organization: 'acme',
    device: 'ninja:1',
    instance: 'srv1:9182',
    action: 'opened',
    reason: 'installed',
    text: 'srv1 went down 60 s after KB5041160 was installed',
    actor: 'patchhaven',
    evidence: [],
    ...change,
  };
}

export function aState(key: string, change: Partial<DeviceState> = {}): DeviceState {
  const facts = {
    vendorId: key,
    organization: 'acme',
    groups: [],
    tags: [],
    displayName: key,
    hostNames: [key],
    ipAddresses: [],
  };
  return { key, source: 'ninja', facts, observedAt: night, removed: false, planned: [], ...change };
}

export function aRun(change: Partial<CollectionRun>): CollectionRun {
  return {
    source: 'ninja',
    kind: 'snapshot',
    startedAt: night,
    endedAt: night + 4,
    ok: true,
    dropped: {},
    unknownWords: {},
    ...change,
  };
}
