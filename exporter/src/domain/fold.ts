import {
  deviceKey,
  type DeviceFacts,
  type DeviceKey,
  type DeviceState,
  type InstallBatch,
  type MaintenanceFacts,
  type Mark,
} from './device.ts';
import type { DomainEvent, ReasonData } from './event.ts';
import { foldEnded, foldPlanned } from './fold-plans.ts';
import { orderKey, withOutcome, withPlaced } from './order.ts';
import type { DevicePatch, PatchRef } from './patch.ts';
import { openStatuses } from './patch.ts';
import type { UnixSeconds } from './time.ts';

/** Installs this close together count as one batch: one patch run. */
const batchSpanSeconds = 2 * 3600;
const maxBatchPatches = 50;

/**
 * Folds one accepted event into a device's state. Pure, and by occurrence time: of two events about the same thing the
 * later-dated one wins in whatever order they arrive, so replaying the log gives the state that ran live.
 */
export function foldEvent(state: DeviceState | undefined, event: DomainEvent): DeviceState {
  // Nothing of a removed device explains an outage of one that comes back, and its state may not have been kept.
  const base = state === undefined || state.removed ? unknownDevice(event) : state;
  // Logged while the device was another organization's, or taken for it: none of the present one's business.
  if (isForeign(event, base)) return base;
  switch (event.type) {
    case 'device.observed':
      return foldObserved(base, event.data, event.occurredAt, event.dedupKey);
    case 'device.removed':
      return event.occurredAt < base.observedAt ? base : { ...base, removed: true };
    case 'patch.install.started':
      return isLater(event, base.installStarted) ? { ...base, installStarted: mark(event, event.data.patches) } : base;
    case 'patch.install.completed':
      return { ...base, installEndedAt: Math.max(base.installEndedAt ?? 0, event.occurredAt) };
    case 'patch.installed':
      return foldInstalled(
        base,
        { source: event.source, at: event.occurredAt, patches: event.data.patches },
        event.data.rebootRequired,
      );
    case 'patch.install.failed':
      return isLater(event, base.lastInstallFailure)
        ? { ...base, lastInstallFailure: mark(event, event.data.patches) }
        : base;
    case 'reboot.pending':
      return foldPendingEvent(base, event.occurredAt);
    case 'reboot.ordered':
      return isNewReboot(event, base.rebootOrdered, base)
        ? { ...base, rebootOrdered: orderedBy(event, event.data) }
        : base;
    case 'reboot.started':
      return isNewReboot(event, base.rebootStarted, base)
        ? { ...base, rebootStarted: orderedBy(event, event.data) }
        : base;
    case 'reboot.completed':
      return foldBoot(base, event.data.bootAt ?? event.occurredAt);
    case 'maintenance.planned':
      return foldPlanned(base, { ...event.data, source: event.source, plannedAt: event.occurredAt });
    case 'maintenance.ended':
      return foldEnded(base, event.data.id, event.occurredAt);
    case 'order.placed':
      return { ...base, orders: withPlaced(base.orders, event.data, event.occurredAt) };
    case 'order.settled':
      return foldOutcome(base, event);
  }
}

function isForeign({ type, organization }: DomainEvent, { facts }: DeviceState): boolean {
  return type !== 'device.observed' && type !== 'device.removed' && organization !== facts.organization;
}

/** A device that so far only events have spoken of. Everything about it is unknown. */
function unknownDevice(event: DomainEvent): DeviceState {
  const prefix = deviceKey(event.source, '');
  const vendorId = event.device.startsWith(prefix) ? event.device.slice(prefix.length) : event.device;
  return {
    key: event.device,
    source: sourceOf(event.device),
    facts: {
      vendorId,
      organization: event.organization,
      groups: [],
      tags: [],
      displayName: vendorId,
      hostNames: [],
      ipAddresses: [],
    },
    observedAt: 0,
    removed: false,
    planned: [],
  };
}

function sourceOf(key: DeviceKey): string {
  return key.slice(0, key.indexOf(':'));
}

function mark(event: DomainEvent, patches: readonly PatchRef[]): Mark {
  return { source: event.source, at: event.occurredAt, ref: markRef(event.source, event.dedupKey), patches };
}

function markRef(source: string, dedupKey: string): string {
  return `${source}/${dedupKey}`;
}

/** Clocks of a source and ours, where both tell of one order. */
const orderSkewSeconds = 30;

/** A reboot that the source could not carry out is not to be expected any more, whoever told of it. */
function foldOutcome(base: DeviceState, event: DomainEvent & { readonly type: 'order.settled' }): DeviceState {
  if (base.orders === undefined) return base;
  const { rebootOrdered, rebootStarted, ...rest } = base;
  const next = { ...rest, orders: withOutcome(base.orders, event.data, event.occurredAt) };
  return {
    ...next,
    ...(rebootOrdered === undefined || hasFailed(rebootOrdered, next) ? {} : { rebootOrdered }),
    ...(rebootStarted === undefined || hasFailed(rebootStarted, next) ? {} : { rebootStarted }),
  };
}

/** Is this about a reboot whose order failed: the order's own evidence, or the source's word on it meanwhile? */
function hasFailed({ source, at, ref }: Mark, { source: own, orders = [] }: DeviceState): boolean {
  if (source !== own) return false;
  const ofOrder = orders.find((order) => ref === markRef(source, orderKey(order)));
  if (ofOrder !== undefined) return ofOrder.state === 'failed';
  return orders.some(
    ({ request, state, placedAt, settledAt = placedAt }) =>
      request.action === 'reboot' && state === 'failed' && at >= placedAt - orderSkewSeconds && at <= settledAt,
  );
}

function isNewReboot(event: DomainEvent, known: Mark | undefined, base: DeviceState): boolean {
  return isLater(event, known) && !hasFailed(mark(event, []), base);
}

function orderedBy(event: DomainEvent, { owner, patches = [] }: ReasonData): Mark {
  return { ...mark(event, patches), ...(owner === undefined ? {} : { owner }) };
}

function isLater(event: DomainEvent, known: Mark | undefined): boolean {
  return known === undefined || known.at < event.occurredAt;
}

/** What a device takes along to another organization: what it is, and nothing that could explain an outage there. */
function withoutEvidence({ key, source, facts, observedAt, removed, rememberedPatches }: DeviceState): DeviceState {
  const remembered = rememberedPatches === undefined ? {} : { rememberedPatches };
  return { key, source, facts, observedAt, removed, planned: [], ...remembered };
}

function foldObserved(known: DeviceState, facts: DeviceFacts, at: UnixSeconds, ref: string): DeviceState {
  if (at < known.observedAt) return known;
  const base = known.facts.organization === facts.organization ? known : withoutEvidence(known);
  const lastBootAt = newest(base.facts.lastBootAt, facts.lastBootAt);
  const before = base.facts.patches ?? base.rememberedPatches;
  const patches = facts.patches === undefined ? undefined : withFirstSeen(facts.patches, before, at);
  const maintenance = withStart(facts.maintenance, base.facts.maintenance, at);
  const { patches: _patches, lastBootAt: _boot, maintenance: _maintenance, ...rest } = facts;
  const { rememberedPatches: _remembered, pendingToldAt: _told, ...kept } = base;
  let next: DeviceState = {
    ...kept,
    ...(patches === undefined && before !== undefined ? { rememberedPatches: before } : {}),
    observedAt: at,
    observedRef: ref,
    removed: false,
    facts: {
      ...rest,
      ...(lastBootAt === undefined ? {} : { lastBootAt }),
      ...(patches === undefined ? {} : { patches }),
      ...(maintenance === undefined ? {} : { maintenance }),
    },
  };
  next = withPending(next, facts.rebootPending, at);
  const installed = (patches ?? []).filter((patch) => patch.status === 'installed' && patch.installedAt !== undefined);
  if (installed.length === 0) return next;
  const newestAt = Math.max(...installed.map((patch) => patch.installedAt ?? 0));
  if (newestAt > at) return next;
  const batch = installed.filter((patch) => newestAt - (patch.installedAt ?? 0) <= batchSpanSeconds);
  return settlePending({
    ...next,
    lastInstall: mergeBatch(next.lastInstall, { source: base.source, at: newestAt, patches: batch.map(toRef) }),
  });
}

/** Maintenance whose beginning nobody tells began when it was first seen: each later read must not make it young. */
function withStart(
  told: MaintenanceFacts | undefined,
  before: MaintenanceFacts | undefined,
  at: UnixSeconds,
): MaintenanceFacts | undefined {
  if (told === undefined || told.start !== undefined) return told;
  const goesOn = before?.start !== undefined && before.start <= at && before.end >= at;
  return { ...told, start: goesOn ? before.start : at };
}

function toRef(patch: PatchRef): PatchRef {
  return { id: patch.id, title: patch.title };
}

/** Age of an open update counts from the first time we saw it open on this device, without a break. */
function withFirstSeen(
  patches: readonly DevicePatch[],
  before: readonly DevicePatch[] | undefined,
  at: UnixSeconds,
): readonly DevicePatch[] {
  const seen = new Map((before ?? []).map((patch) => [patch.id, patch]));
  return patches.map((patch) => {
    if (!openStatuses.has(patch.status)) return patch;
    const known = seen.get(patch.id);
    const stillOpen = known !== undefined && openStatuses.has(known.status) ? known.firstSeenAt : undefined;
    return { ...patch, firstSeenAt: Math.min(patch.firstSeenAt ?? Infinity, stillOpen ?? at) };
  });
}

/**
 * Takes over what the source says about a pending reboot; `undefined` means that it cannot say. Only a "no" is a new
 * beginning: a flag that stays over months, or over its reboot, must not become young by one read that did not see it.
 */
function withPending(next: DeviceState, pending: boolean | undefined, since: UnixSeconds): DeviceState {
  const saidSince = next.rebootPendingSince ?? next.rememberedPendingSince;
  if (pending === true) {
    const rebootPendingSince = Math.min(saidSince ?? since, since);
    // Said again, as sources do in every read: there is nothing to copy.
    if (rebootPendingSince === next.rebootPendingSince) return settlePending(next);
    const { rememberedPendingSince: _remembered, ...rest } = next;
    return settlePending({ ...rest, rebootPendingSince });
  }
  const { rebootPendingSince: _since, rememberedPendingSince: _remembered, ...rest } = next;
  const { rebootPending: _pending, ...facts } = rest.facts;
  if (pending === false) return { ...rest, facts: { ...facts, rebootPending: false } };
  return { ...rest, facts, ...(saidSince === undefined ? {} : { rememberedPendingSince: saidSince }) };
}

/**
 * `rebootPendingSince` is when the source began to say "pending"; `facts.rebootPending` is what we believe. A boot newer
 * than both that moment and the last install has answered it, whatever the source goes on saying.
 */
function settlePending(state: DeviceState): DeviceState {
  const since = state.rebootPendingSince;
  if (since === undefined) return state;
  const bootAt = state.facts.lastBootAt;
  const answered = bootAt !== undefined && bootAt > Math.max(since, state.lastInstall?.at ?? 0);
  return state.facts.rebootPending === !answered
    ? state
    : { ...state, facts: { ...state.facts, rebootPending: !answered } };
}

/** An event's word counts against an earlier read's only; a later read that says nothing new does not confirm it. */
function foldPendingEvent(base: DeviceState, at: UnixSeconds): DeviceState {
  const saidLater = at <= base.observedAt && base.facts.rebootPending !== undefined;
  if (saidLater) return base;
  const next = withPending(base, true, at);
  const isNews = base.facts.rebootPending !== true || base.pendingToldAt !== undefined;
  return isNews ? { ...next, pendingToldAt: Math.max(at, base.pendingToldAt ?? 0) } : next;
}

function foldInstalled(base: DeviceState, batch: InstallBatch, rebootRequired: boolean | undefined): DeviceState {
  const next = settlePending({ ...base, lastInstall: mergeBatch(base.lastInstall, batch) });
  return rebootRequired === true ? foldPendingEvent(next, batch.at) : next;
}

function mergeBatch(before: InstallBatch | undefined, next: InstallBatch): InstallBatch {
  if (before === undefined) return next;
  const [older, newer] = before.at <= next.at ? [before, next] : [next, before];
  if (newer.at - older.at > batchSpanSeconds) return newer;
  const byId = new Map([...older.patches, ...newer.patches].map((patch) => [patch.id, patch]));
  const patches = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { source: newer.source, at: newer.at, patches: patches.slice(0, maxBatchPatches) };
}

function foldBoot(base: DeviceState, bootAt: UnixSeconds): DeviceState {
  if (bootAt <= (base.facts.lastBootAt ?? 0)) return base;
  return settlePending({ ...base, facts: { ...base.facts, lastBootAt: bootAt } });
}

function newest(a: UnixSeconds | undefined, b: UnixSeconds | undefined): UnixSeconds | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}
