import type { BaseLogger } from 'pino';
import type { ReadContext, RmmConnector } from '../connectors/connector.ts';
import { Counter, mergeTallies } from '../connectors/tally.ts';
import { deviceKey, type DeviceFacts } from '../domain/device.ts';
import { ConnectorError, StoreError } from '../domain/errors.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { SourceEvent, Tally } from '../domain/snapshot.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CollectionRun } from '../store/patch-store.ts';
import { contentHash, observedKey } from './content-hash.ts';
import { isFutureEvent, withoutFutureTimes } from './future.ts';
import { RecentKeys } from './recent-keys.ts';
import { defaultShrinkPolicy, judgeShrink, type ShrinkPolicy } from './shrink-guard.ts';
import type { CollectionSink, KnownDevice } from './sink.ts';

export type CollectionLog = Pick<BaseLogger, 'info' | 'warn' | 'error'>;

export interface CollectorOptions {
  readonly connector: RmmConnector;
  readonly sink: CollectionSink;
  readonly clock: Clock;
  readonly log: CollectionLog;
  readonly shrink?: ShrinkPolicy;
  /** Times further ahead than this are refused and counted. */
  readonly futureToleranceSeconds?: number;
  /** For one targeted read: a decision waits for it. Default 20 s. */
  readonly lookupTimeoutMs?: number;
}

export type Progress = ReadContext['progress'];

/** What became of a targeted read. */
export interface LookupOutcome {
  readonly run: CollectionRun;
  /** False also when the vendor does not know the device. */
  readonly found: boolean;
}

/** What became of pushed events, one count each. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dropped: Tally;
}

/**
 * Runs one connector and stores what it says. Nothing here throws for a vendor's or the store's failure: it ends in the
 * run, which is recorded in every case, and changes nothing else.
 */
export interface Collector {
  readonly source: string;
  readonly type: string;
  snapshot(signal: AbortSignal, progress?: Progress): Promise<CollectionRun>;
  events(signal: AbortSignal, progress?: Progress): Promise<CollectionRun>;
  lookup(vendorId: string, signal: AbortSignal): Promise<LookupOutcome>;
  /** Stores events of a webhook. Throws StoreError when they could not be stored: the sender has to try again. */
  ingest(events: readonly SourceEvent[], signal: AbortSignal): Promise<IngestOutcome>;
}

const appendBatch = 500;
const recentKeyLimit = 50_000;
/** Unknown devices one pass may ask the vendor about. */
const lookupsPerPass = 20;
const unknownForSeconds = 900;
const unknownLimit = 10_000;

interface Observation {
  readonly hash: string | undefined;
  readonly at: UnixSeconds;
}

/** What a pass found out before it ended, well or not. */
interface PassNotes {
  readonly dropped: Counter;
  readonly tallies: { dropped: Tally; unknownWords: Tally };
  readonly signal: AbortSignal;
  lookupsLeft: number;
  startedAt: UnixSeconds;
  devices?: number;
  events?: number;
}

export function createCollector(options: CollectorOptions): Collector {
  const {
    connector,
    sink,
    clock,
    log,
    shrink = defaultShrinkPolicy,
    futureToleranceSeconds = 300,
    lookupTimeoutMs = 20_000,
  } = options;
  const source = connector.id;
  /** Newest facts stored per vendor id, by this process. */
  const observed = new Map<string, Observation>();
  const recent = new RecentKeys(recentKeyLimit);
  const unknownUntil = new Map<string, UnixSeconds>();
  let suspected: ReadonlySet<string> = new Set();

  const latest = (): UnixSeconds => clock.now() + futureToleranceSeconds;

  async function pass(
    kind: CollectionRun['kind'],
    signal: AbortSignal,
    work: (notes: PassNotes) => Promise<void>,
  ): Promise<CollectionRun> {
    const notes: PassNotes = {
      dropped: new Counter(),
      tallies: { dropped: {}, unknownWords: {} },
      signal,
      lookupsLeft: lookupsPerPass,
      startedAt: clock.now(),
    };
    const failure = await work(notes).then(
      () => undefined,
      (error: unknown) => describeFailure(error),
    );
    const run: CollectionRun = {
      source,
      kind,
      startedAt: notes.startedAt,
      endedAt: clock.now(),
      ok: failure === undefined,
      ...(failure === undefined ? {} : { reason: failure.reason, message: failure.message }),
      ...(notes.devices === undefined ? {} : { devices: notes.devices }),
      ...(notes.events === undefined ? {} : { events: notes.events }),
      dropped: mergeTallies(notes.tallies.dropped, notes.dropped.toTally()),
      unknownWords: notes.tallies.unknownWords,
    };
    report(run, failure?.bug);
    await sink.recordRun(run).catch((error: unknown) => {
      log.error({ source, kind, err: error }, 'the run could not be recorded');
    });
    return run;
  }

  function report(run: CollectionRun, bug: unknown): void {
    const { kind, reason, message, devices, events } = run;
    if (bug !== undefined) log.error({ source, kind, err: bug }, 'collecting failed by a fault of ours');
    else if (!run.ok && reason !== 'aborted')
      log.warn({ source, kind, reason, message }, 'the source could not be read');
    else if (run.ok && kind === 'snapshot') log.info({ source, devices, events }, 'the source has been read');
  }

  function contextOf(signal: AbortSignal, progress: Progress = () => undefined): ReadContext {
    return { clock, signal, progress };
  }

  function previous(vendorId: string): Observation | undefined {
    const own = observed.get(vendorId);
    if (own !== undefined) return own;
    const known = sink.findDevice(source, vendorId);
    return known && { hash: known.contentHash, at: known.observedAt };
  }

  /** A device is stored when its facts changed, or when it is not in the fleet; never over a newer observation. */
  function observation(facts: DeviceFacts, at: UnixSeconds): { event: DomainEvent; hash: string } | undefined {
    const before = previous(facts.vendorId);
    if (before !== undefined && before.at > at) return undefined;
    const hash = contentHash(facts);
    if (before?.hash === hash && sink.findDevice(source, facts.vendorId) !== undefined) return undefined;
    const header = {
      source,
      dedupKey: observedKey(facts.vendorId, hash, at),
      organization: facts.organization,
      device: deviceKey(source, facts.vendorId),
      occurredAt: at,
      receivedAt: clock.now(),
    };
    return { event: { ...header, type: 'device.observed', data: facts }, hash };
  }

  async function storeObservations(
    devices: readonly DeviceFacts[],
    at: UnixSeconds,
    notes: PassNotes,
  ): Promise<number> {
    let stored = 0;
    for (let start = 0; start < devices.length; start += appendBatch) {
      if (notes.signal.aborted) throw new ConnectorError('aborted', 'stopped while storing devices');
      const batch = devices
        .slice(start, start + appendBatch)
        .flatMap((facts) => observation(withoutFutureTimes(facts, latest(), notes.dropped), at) ?? []);
      if (batch.length > 0) await sink.appendEvents(batch.map(({ event }) => event));
      // Hashing a large fleet must not keep a scrape waiting.
      else await new Promise((resolve) => setImmediate(resolve));
      for (const { event, hash } of batch) remember(event, hash, at);
      stored += batch.length;
    }
    return stored;
  }

  function remember({ device }: DomainEvent, hash: string, at: UnixSeconds): void {
    const vendorId = device.slice(source.length + 1);
    if ((observed.get(vendorId)?.at ?? -Infinity) <= at) observed.set(vendorId, { hash, at });
    unknownUntil.delete(vendorId);
  }

  async function removeMissing(missing: readonly KnownDevice[], at: UnixSeconds): Promise<number> {
    const gone = missing.filter(({ vendorId }) => (previous(vendorId)?.at ?? 0) <= at);
    const receivedAt = clock.now();
    const events = gone.map(({ vendorId, organization }): DomainEvent => ({
      source,
      dedupKey: `removed:${at.toFixed(3)}:${vendorId}`,
      organization,
      device: deviceKey(source, vendorId),
      occurredAt: at,
      receivedAt,
      type: 'device.removed',
      data: { reason: 'missing from a complete read of its source' },
    }));
    if (events.length > 0) await sink.appendEvents(events);
    for (const { vendorId } of gone) observed.delete(vendorId);
    return events.length;
  }

  async function collectSnapshot(notes: PassNotes, progress: Progress | undefined): Promise<void> {
    if (connector.collect === undefined) return;
    const snapshot = await connector.collect(contextOf(notes.signal, progress));
    notes.tallies.dropped = snapshot.dropped;
    notes.tallies.unknownWords = snapshot.unknownWords;
    notes.devices = snapshot.devices.length;
    const devices = withoutDuplicates(snapshot.devices, notes.dropped);
    const present = new Set(devices.map(({ vendorId }) => vendorId));
    const judged = judgeShrink([...sink.knownDevices(source)], present, suspected, shrink);
    if (judged.verdict === 'shrunk') {
      suspected = judged.vanished;
      throw new ConnectorError('shrunk', judged.message);
    }
    suspected = new Set();
    const at = snapshot.startedAt;
    const stored = await storeObservations(devices, at, notes);
    notes.events = stored + (await removeMissing(judged.missing, at));
    // A source that serves older data than the moment we asked (a file) is as old as its data.
    notes.startedAt = Math.min(notes.startedAt, at);
    sink.snapshotRead({ source, readAt: notes.startedAt, lastSeen: lastSeenOf(devices, latest()) });
  }

  async function collectEvents(notes: PassNotes, progress: Progress | undefined): Promise<void> {
    if (connector.readEvents === undefined) return;
    const before = await sink.readCursor(source);
    const page = await connector.readEvents(before, contextOf(notes.signal, progress));
    notes.tallies.dropped = page.dropped;
    notes.tallies.unknownWords = page.unknownWords;
    const { events } = await resolveEvents(page.events, notes);
    if (events.length === 0 && page.cursor === before) {
      notes.events = 0;
      return;
    }
    const results = await sink.appendEvents(events, { source, cursor: page.cursor });
    for (const { dedupKey } of events) recent.add(dedupKey);
    notes.events = results.filter(({ result }) => result === 'accepted').length;
  }

  /** Gives every event its device's organization; refuses what lies in the future or belongs to nobody we know. */
  async function resolveEvents(
    events: readonly SourceEvent[],
    notes: PassNotes,
  ): Promise<{ readonly events: readonly DomainEvent[]; readonly duplicates: number }> {
    const resolved: DomainEvent[] = [];
    let duplicates = 0;
    for (const event of events) {
      if (recent.has(event.dedupKey)) {
        duplicates += 1;
        continue;
      }
      if (isFutureEvent(event, latest())) {
        notes.dropped.add('future.event');
        continue;
      }
      const device =
        sink.findDevice(source, event.vendorDeviceId) ?? (await lookUpUnknown(event.vendorDeviceId, notes));
      if (device === undefined) notes.dropped.add('unknown_device');
      else resolved.push(toDomainEvent(event, device.organization));
    }
    return { events: resolved, duplicates };
  }

  function toDomainEvent({ vendorDeviceId, ...event }: SourceEvent, organization: string): DomainEvent {
    return { ...event, source, organization, device: deviceKey(source, vendorDeviceId), receivedAt: clock.now() };
  }

  /** Asks the vendor once about a device nobody has told us of; "unknown" is remembered for a while. */
  async function lookUpUnknown(vendorId: string, notes: PassNotes): Promise<KnownDevice | undefined> {
    const until = unknownUntil.get(vendorId);
    if (until !== undefined && clock.now() < until) return undefined;
    if (connector.lookup === undefined || notes.lookupsLeft <= 0) return undefined;
    notes.lookupsLeft -= 1;
    const { found } = await lookup(vendorId, notes.signal);
    if (found) return sink.findDevice(source, vendorId);
    if (unknownUntil.size >= unknownLimit) unknownUntil.clear();
    unknownUntil.set(vendorId, clock.now() + unknownForSeconds);
    return undefined;
  }

  async function lookup(vendorId: string, signal: AbortSignal): Promise<LookupOutcome> {
    let found = false;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(lookupTimeoutMs)]);
    const run = await pass('lookup', bounded, async (notes) => {
      if (connector.lookup === undefined) return;
      const at = notes.startedAt;
      const result = await connector.lookup(vendorId, contextOf(bounded)).catch((error: unknown) => {
        if (!bounded.aborted || signal.aborted) throw error;
        throw new ConnectorError('timeout', `no answer within ${String(lookupTimeoutMs)} ms`, { cause: error });
      });
      notes.tallies.dropped = result.dropped;
      notes.tallies.unknownWords = result.unknownWords;
      notes.devices = result.facts === undefined ? 0 : 1;
      if (result.facts === undefined) return;
      const stored = await storeObservations([result.facts], at, notes);
      found = true;
      // Its device is in the fleet by now, so this cannot ask for another lookup of it.
      const own = result.events.filter(({ vendorDeviceId }) => vendorDeviceId === vendorId);
      notes.lookupsLeft = 0;
      notes.events = stored + (await storeResolved(await resolveEvents(own, notes)));
    });
    return { run, found: found && run.ok };
  }

  async function storeResolved({ events }: { readonly events: readonly DomainEvent[] }): Promise<number> {
    if (events.length === 0) return 0;
    const results = await sink.appendEvents(events);
    for (const { dedupKey } of events) recent.add(dedupKey);
    return results.filter(({ result }) => result === 'accepted').length;
  }

  async function ingest(events: readonly SourceEvent[], signal: AbortSignal): Promise<IngestOutcome> {
    const notes: PassNotes = {
      dropped: new Counter(),
      tallies: { dropped: {}, unknownWords: {} },
      signal,
      lookupsLeft: lookupsPerPass,
      startedAt: clock.now(),
    };
    const resolved = await resolveEvents(events, notes);
    const accepted = await storeResolved(resolved);
    const duplicates = resolved.duplicates + resolved.events.length - accepted;
    return { accepted, duplicates, dropped: notes.dropped.toTally() };
  }

  return {
    source,
    type: connector.type,
    snapshot: (signal, progress) => pass('snapshot', signal, (notes) => collectSnapshot(notes, progress)),
    events: (signal, progress) => pass('events', signal, (notes) => collectEvents(notes, progress)),
    lookup,
    ingest,
  };
}

function describeFailure(error: unknown): { reason: string; message: string; bug?: unknown } {
  if (error instanceof ConnectorError) return { reason: error.kind, message: error.message };
  if (error instanceof StoreError) return { reason: 'store', message: error.message };
  return { reason: 'internal', message: 'an error of ours, see the log', bug: error };
}

function withoutDuplicates(devices: readonly DeviceFacts[], dropped: Counter): readonly DeviceFacts[] {
  const byId = new Map<string, DeviceFacts>();
  for (const facts of devices) {
    if (byId.has(facts.vendorId)) dropped.add('device.duplicate');
    else byId.set(facts.vendorId, facts);
  }
  return [...byId.values()];
}

function lastSeenOf(devices: readonly DeviceFacts[], latest: UnixSeconds): ReadonlyMap<string, UnixSeconds> {
  const seen = new Map<string, UnixSeconds>();
  for (const { vendorId, lastSeenAt } of devices)
    if (lastSeenAt !== undefined && lastSeenAt <= latest) seen.set(vendorId, lastSeenAt);
  return seen;
}
