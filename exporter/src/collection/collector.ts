import type { BaseLogger } from 'pino';
import type { ReadContext, ReadEnd, RmmConnector } from '../connectors/connector.ts';
import { Counter, mergeTallies } from '../connectors/tally.ts';
import { deviceKey, type DeviceFacts } from '../domain/device.ts';
import { ConnectorError, StoreError } from '../domain/errors.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { SourceEvent, Tally } from '../domain/snapshot.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CollectionRun } from '../store/patch-store.ts';
import { contentHash, observedKey } from './content-hash.ts';
import { isFutureEvent, withoutFutureTimes } from './future.ts';
import { PackedNews, type News } from './packed-news.ts';
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

const compareBatch = 500;
const recentKeyLimit = 50_000;
/** Unknown devices one pass may ask the vendor about. */
const lookupsPerPass = 20;
const unknownForSeconds = 900;
const unknownLimit = 10_000;

interface Observation {
  readonly hash: string | undefined;
  readonly at: UnixSeconds;
}

interface WholeRead {
  readonly end: ReadEnd;
  readonly present: ReadonlySet<string>;
  readonly lastSeen: ReadonlyMap<string, UnixSeconds>;
  readonly news: PackedNews;
  readonly devices: number;
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
  function observation(facts: DeviceFacts, at: UnixSeconds): News | undefined {
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

  /** Adds facts as they came, without what cannot be true, where they say something new. */
  async function addNews(
    news: PackedNews,
    devices: readonly DeviceFacts[],
    at: UnixSeconds,
    notes: PassNotes,
  ): Promise<void> {
    for (let start = 0; start < devices.length; start += compareBatch) {
      if (notes.signal.aborted) throw new ConnectorError('aborted', 'stopped while comparing devices');
      const part = devices.slice(start, start + compareBatch);
      await news.add(
        part.flatMap((facts) => observation(withoutFutureTimes(facts, latest(), notes.dropped), at) ?? []),
      );
      // Hashing a large fleet must not keep a scrape waiting.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function storeNews(news: PackedNews, at: UnixSeconds, notes: PassNotes, progress?: Progress): Promise<number> {
    let stored = 0;
    for await (const all of news.batches()) {
      if (notes.signal.aborted) throw new ConnectorError('aborted', 'stopped while storing devices');
      // A lookup may have been quicker than the read that is being stored.
      const batch = all.filter(({ event }) => (previous(vendorIdOf(event))?.at ?? -Infinity) <= at);
      if (batch.length > 0) await sink.appendEvents(batch.map(({ event }) => event));
      for (const { event, hash } of batch) remember(event, hash, at);
      stored += batch.length;
      progress?.('stored', stored);
    }
    return stored;
  }

  function remember({ device }: DomainEvent, hash: string, at: UnixSeconds): void {
    const vendorId = vendorIdOf({ device });
    if ((observed.get(vendorId)?.at ?? -Infinity) <= at) observed.set(vendorId, { hash, at });
    unknownUntil.delete(vendorId);
  }

  function vendorIdOf({ device }: Pick<DomainEvent, 'device'>): string {
    return device.slice(source.length + 1);
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
    const read = await readWhole(notes, progress);
    if (read === undefined) return;
    notes.tallies.dropped = read.end.dropped;
    notes.tallies.unknownWords = read.end.unknownWords;
    notes.devices = read.devices;
    const judged = judgeShrink([...sink.knownDevices(source)], read.present, suspected, shrink);
    if (judged.verdict === 'shrunk') {
      suspected = judged.vanished;
      throw new ConnectorError('shrunk', judged.message);
    }
    suspected = new Set();
    const at = read.end.startedAt;
    const stored = await storeNews(read.news, at, notes, progress);
    notes.events = stored + (await removeMissing(judged.missing, at));
    // A source that serves older data than the moment we asked (a file) is as old as its data.
    notes.startedAt = Math.min(notes.startedAt, at);
    sink.snapshotRead({ source, readAt: notes.startedAt, lastSeen: read.lastSeen });
  }

  /**
   * Reads the source to its end. Of devices that are as they were, only id and contact are kept, and of others their news,
   * packed, so a fleet that is read as a stream is never in memory twice. Nothing is stored here: what has not been read to
   * the end is no read.
   */
  async function readWhole(notes: PassNotes, progress: Progress | undefined): Promise<WholeRead | undefined> {
    const context = contextOf(notes.signal, progress);
    const present = new Set<string>();
    const lastSeen = new Map<string, UnixSeconds>();
    const news = new PackedNews();
    let devices = 0;
    const take = async (batch: readonly DeviceFacts[], at: UnixSeconds): Promise<void> => {
      devices += batch.length;
      const fresh = withoutDuplicates(batch, present, notes.dropped);
      for (const { vendorId, lastSeenAt } of fresh)
        if (lastSeenAt !== undefined && lastSeenAt <= latest()) lastSeen.set(vendorId, lastSeenAt);
      await addNews(news, fresh, at, notes);
    };
    if (connector.stream !== undefined) {
      const stream = connector.stream(context);
      for (let step = await stream.next(); ; step = await stream.next()) {
        if (step.done === true)
          return { end: { ...step.value, startedAt: notes.startedAt }, present, lastSeen, news, devices };
        await take(step.value, notes.startedAt);
      }
    }
    if (connector.collect === undefined) return undefined;
    const snapshot = await connector.collect(context);
    await take(snapshot.devices, snapshot.startedAt);
    return { end: snapshot, present, lastSeen, news, devices };
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
      const news = new PackedNews();
      await addNews(news, [result.facts], at, notes);
      const stored = await storeNews(news, at, notes);
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

/** Notes who has been seen in this read; a device that stands in it twice counts once. */
function withoutDuplicates(
  devices: readonly DeviceFacts[],
  seen: Set<string>,
  dropped: Counter,
): readonly DeviceFacts[] {
  return devices.filter(({ vendorId }) => {
    if (seen.has(vendorId)) dropped.add('device.duplicate');
    return !seen.has(vendorId) && seen.add(vendorId);
  });
}
