import { describe, expect, it } from 'vitest';
import { MemorySink } from '../../test/support/memory-sink.ts';
import type { RmmConnector } from '../connectors/connector.ts';
import { noCapabilities } from '../domain/capabilities.ts';
import type { DeviceFacts } from '../domain/device.ts';
import { ConnectorError } from '../domain/errors.ts';
import type { EventPage, PatchSnapshot, SourceEvent } from '../domain/snapshot.ts';
import { createCollector, type CollectorOptions } from './collector.ts';

const start = 1_786_000_000;
const never = new AbortController().signal;
const capabilities = {
  ...noCapabilities,
  snapshots: true,
  perPatch: true,
  rebootPending: true,
  events: true,
  lookup: true,
  webhooks: true,
};

function aDevice(vendorId: string, facts: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    vendorId,
    organization: 'acme',
    groups: [],
    tags: [],
    displayName: `host ${vendorId}`,
    hostNames: [`host${vendorId}`],
    ipAddresses: [],
    ...facts,
  };
}

function fleet(count: number, organization = 'acme', from = 1): DeviceFacts[] {
  return Array.from({ length: count }, (_, i) => aDevice(String(from + i), { organization }));
}

function anEvent(id: string, vendorDeviceId: string, occurredAt: number): SourceEvent {
  return { dedupKey: `activity:${id}`, vendorDeviceId, occurredAt, type: 'patch.installed', data: { patches: [] } };
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  throw new ConnectorError('aborted', 'stopped');
}

/** A collector over a vendor whose answers the test sets. */
function setUp(options: Partial<CollectorOptions> = {}) {
  const vendor = {
    devices: [] as DeviceFacts[] | Error,
    page: { events: [], cursor: 'c1', dropped: {}, unknownWords: {} } as EventPage,
    known: new Map<string, DeviceFacts>(),
    lookups: [] as string[],
    askedWith: [] as (string | undefined)[],
    readSeconds: 10,
    slowLookup: false,
  };
  const time = { now: start };
  const connector: RmmConnector = {
    id: 'ninja',
    type: 'test',
    capabilities,
    collect: (): Promise<PatchSnapshot> => {
      if (vendor.devices instanceof Error) return Promise.reject(vendor.devices);
      const startedAt = time.now;
      time.now += vendor.readSeconds;
      const snapshot = { startedAt, completedAt: time.now, devices: vendor.devices };
      return Promise.resolve({ ...snapshot, dropped: { 'device.malformed': 1 }, unknownWords: { 'patch.status': 2 } });
    },
    readEvents: (cursor) => {
      vendor.askedWith.push(cursor);
      return Promise.resolve(vendor.page);
    },
    lookup: async (vendorId, { signal }) => {
      vendor.lookups.push(vendorId);
      if (vendor.slowLookup) await untilAborted(signal);
      const facts = vendor.known.get(vendorId);
      return { ...(facts ? { facts } : {}), events: [], dropped: {}, unknownWords: {} };
    },
  };
  const sink = new MemorySink();
  const logged: string[] = [];
  const line = (level: string) => (_fields: unknown, message?: string) =>
    void logged.push(`${level}: ${message ?? ''}`);
  const log = { info: line('info'), warn: line('warn'), error: line('error') } as CollectorOptions['log'];
  const create = () => createCollector({ connector, sink, clock: { now: () => time.now }, log, ...options });
  return { vendor, time, sink, logged, create, collector: create() };
}

describe('a complete read', () => {
  it('stores every device once and the run with its counts', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(3);
    const run = await collector.snapshot(never);
    expect(sink.types()).toEqual(['device.observed', 'device.observed', 'device.observed']);
    expect(sink.log[0]).toMatchObject({
      device: 'ninja:1',
      organization: 'acme',
      occurredAt: start,
      receivedAt: start + 10,
    });
    expect(run).toMatchObject({ ok: true, devices: 3, events: 3, startedAt: start, endedAt: start + 10 });
    expect(run).toMatchObject({ dropped: { 'device.malformed': 1 }, unknownWords: { 'patch.status': 2 } });
    expect(sink.runs).toEqual([run]);
    expect(sink.reads).toEqual([{ source: 'ninja', readAt: start, lastSeen: new Map() }]);
  });

  it('tells how much of it is stored', async () => {
    const { vendor, collector } = setUp();
    vendor.devices = fleet(1200);
    const told: (readonly [string, number])[] = [];
    await collector.snapshot(never, (what, count) => told.push([what, count]));
    expect(told).toEqual([
      ['stored', 500],
      ['stored', 1000],
      ['stored', 1200],
    ]);
  });

  it('stores only what changed, and facts that come back after a change', async () => {
    const { vendor, sink, collector } = setUp();
    for (const rebootPending of [false, false, true, false]) {
      vendor.devices = [aDevice('1', { rebootPending }), aDevice('2')];
      await collector.snapshot(never);
    }
    const stored = sink.log.map(
      ({ device, data }) => `${device} ${String('rebootPending' in data && data.rebootPending)}`,
    );
    expect(stored).toEqual(['ninja:1 false', 'ninja:2 false', 'ninja:1 true', 'ninja:1 false']);
  });

  it('does not store a device again for a later contact or a boot time that wobbles', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = [aDevice('1', { lastSeenAt: start - 60, lastBootAt: start - 600.4 })];
    await collector.snapshot(never);
    vendor.devices = [aDevice('1', { lastSeenAt: start, lastBootAt: start - 599.9 })];
    await collector.snapshot(never);
    expect(sink.log).toHaveLength(1);
    expect(sink.reads.at(-1)?.lastSeen).toEqual(new Map([['1', start]]));
  });

  it('goes on from the hash the fleet remembers after a restart', async () => {
    const { vendor, sink, collector, create } = setUp();
    vendor.devices = fleet(3);
    await collector.snapshot(never);
    await create().snapshot(never);
    expect(sink.log).toHaveLength(3);
  });

  it('removes a device that a complete read lacks, and takes it back when it returns unchanged', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(4);
    await collector.snapshot(never);
    vendor.devices = fleet(3);
    await collector.snapshot(never);
    expect(sink.log.at(-1)).toMatchObject({ type: 'device.removed', device: 'ninja:4', organization: 'acme' });
    vendor.devices = fleet(4);
    await collector.snapshot(never);
    expect(sink.log.at(-1)).toMatchObject({ type: 'device.observed', device: 'ninja:4' });
  });

  it('leaves a newer targeted read alone', async () => {
    const { vendor, time, sink, collector } = setUp();
    vendor.devices = [aDevice('1', { rebootPending: false })];
    await collector.snapshot(never);
    vendor.known.set('1', aDevice('1', { rebootPending: true }));
    const slow = collector.snapshot(never);
    time.now = start + 5_000;
    await collector.lookup('1', never);
    await slow;
    expect(sink.states.get('ninja:1')?.facts.rebootPending).toBe(true);
    vendor.devices = [aDevice('1', { rebootPending: false })];
    await collector.snapshot(never);
    expect(sink.states.get('ninja:1')?.facts.rebootPending).toBe(false);
  });

  it('takes times ahead of the clock out and counts them', async () => {
    const { vendor, sink, collector } = setUp();
    const patch = { id: 'KB1', title: 't', severity: 'low', kind: 'other', status: 'installed' } as const;
    const ahead = start + 10_000;
    vendor.devices = [
      aDevice('1', { lastBootAt: ahead, lastSeenAt: ahead, patches: [{ ...patch, installedAt: ahead }] }),
      aDevice('2', { lastBootAt: start + 200 }),
    ];
    const run = await collector.snapshot(never);
    expect(run.dropped).toMatchObject({ 'future.last_boot': 1, 'future.last_seen': 1, 'future.patch': 1 });
    expect(sink.log[0]?.data).toEqual(aDevice('1', { patches: [patch] }));
    expect(sink.log[1]?.data).toEqual(aDevice('2', { lastBootAt: start + 200 }));
    expect(sink.reads[0]?.lastSeen.size).toBe(0);
  });

  it('counts a device that stands twice in one answer and keeps the first', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = [...fleet(2), aDevice('1', { displayName: 'again' })];
    const run = await collector.snapshot(never);
    expect(run.dropped).toMatchObject({ 'device.duplicate': 1 });
    expect(sink.log).toHaveLength(2);
  });
});

describe('an answer that cannot be the whole fleet', () => {
  const shrunk = { ok: false, reason: 'shrunk' };

  it.each([
    ['is empty', 0],
    ['lost more than half', 4],
  ])('changes nothing when it %s, however often it comes', async (_what, left) => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(10);
    await collector.snapshot(never);
    vendor.devices = fleet(left);
    expect(await collector.snapshot(never)).toMatchObject(shrunk);
    expect(await collector.snapshot(never)).toMatchObject(shrunk);
    expect(sink.log).toHaveLength(10);
    expect(sink.reads).toHaveLength(1);
    expect(sink.runs).toHaveLength(3);
  });

  it('is accepted when half is left', async () => {
    const { vendor, collector } = setUp();
    vendor.devices = fleet(10);
    await collector.snapshot(never);
    vendor.devices = fleet(5);
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 5 });
  });

  it('is accepted when the operator switched the floor off', async () => {
    const { vendor, collector } = setUp({ shrink: { maxLossRatio: 1, wholeOrganizationDevices: Infinity } });
    vendor.devices = fleet(10);
    await collector.snapshot(never);
    vendor.devices = [];
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 10 });
  });

  it('may lack a whole organization only when the next read says so too', async () => {
    const { vendor, sink, collector } = setUp();
    const most = fleet(10);
    vendor.devices = [...most, ...fleet(3, 'beta', 100)];
    await collector.snapshot(never);
    vendor.devices = most;
    expect(await collector.snapshot(never)).toMatchObject(shrunk);
    vendor.devices = [...most, ...fleet(3, 'beta', 100)];
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 0 });
    vendor.devices = most;
    expect(await collector.snapshot(never)).toMatchObject(shrunk);
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 3 });
    expect(sink.types().filter((type) => type === 'device.removed')).toHaveLength(3);
  });

  it('is empty on the first read of an empty tenant, which is no failure', async () => {
    expect(await setUp().collector.snapshot(never)).toMatchObject({ ok: true, devices: 0 });
  });
});

describe('a failed read', () => {
  it('changes nothing but the run', async () => {
    const { vendor, sink, logged, collector } = setUp();
    vendor.devices = fleet(3);
    await collector.snapshot(never);
    vendor.devices = new ConnectorError('unavailable', 'the vendor answered 503');
    const run = await collector.snapshot(never);
    expect(run).toMatchObject({ ok: false, reason: 'unavailable', message: 'the vendor answered 503' });
    expect([sink.log.length, sink.reads.length, sink.runs.length]).toEqual([3, 1, 2]);
    expect(logged.at(-1)).toMatch(/^warn/);
  });

  it('is told apart from a fault of ours and from a store that is gone', async () => {
    const { vendor, sink, logged, collector } = setUp();
    vendor.devices = new TypeError('undefined is not a function');
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'internal' });
    expect(logged.at(-1)).toMatch(/^error/);
    vendor.devices = fleet(2);
    sink.broken = true;
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'store' });
    sink.broken = false;
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 2 });
  });
});

describe('reading events', () => {
  it('stores them with the cursor and their device’s organization', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(2, 'beta');
    await collector.snapshot(never);
    vendor.page = { ...vendor.page, events: [anEvent('7', '1', start)], cursor: 'c2' };
    expect(await collector.events(never)).toMatchObject({ ok: true, events: 1 });
    await collector.events(never);
    expect(vendor.askedWith).toEqual([undefined, 'c2']);
    expect(sink.log.at(-1)).toMatchObject({ device: 'ninja:1', organization: 'beta', occurredAt: start });
    expect(sink.types().filter((type) => type === 'patch.installed')).toHaveLength(1);
  });

  it('asks once about an unknown device, then counts its events', async () => {
    const { vendor, time, sink, collector } = setUp();
    vendor.page = { ...vendor.page, events: [anEvent('1', '99', start), anEvent('2', '99', start)] };
    expect((await collector.events(never)).dropped).toEqual({ unknown_device: 2 });
    await collector.events(never);
    expect(vendor.lookups).toEqual(['99']);
    vendor.known.set('99', aDevice('99'));
    time.now += 3600;
    expect(await collector.events(never)).toMatchObject({ events: 2, dropped: {} });
    expect(sink.types()).toEqual(['device.observed', 'patch.installed', 'patch.installed']);
  });

  it('bounds what a flood about strangers may ask of the vendor', async () => {
    const { vendor, collector } = setUp();
    vendor.page = {
      ...vendor.page,
      events: Array.from({ length: 100 }, (_, i) => anEvent(String(i), String(i), start)),
    };
    expect((await collector.events(never)).dropped).toEqual({ unknown_device: 100 });
    expect(vendor.lookups).toHaveLength(20);
  });

  it('refuses an event dated more than five minutes ahead', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(1);
    await collector.snapshot(never);
    vendor.page = { ...vendor.page, events: [anEvent('1', '1', start + 330), anEvent('2', '1', start + 300)] };
    expect(await collector.events(never)).toMatchObject({ events: 1, dropped: { 'future.event': 1 } });
    expect(sink.log.at(-1)?.dedupKey).toBe('activity:2');
  });

  it('keeps the cursor when the events could not be stored', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.devices = fleet(1);
    await collector.snapshot(never);
    vendor.page = { ...vendor.page, events: [anEvent('1', '1', start)] };
    sink.broken = true;
    expect(await collector.events(never)).toMatchObject({ ok: false, reason: 'store' });
    sink.broken = false;
    expect(await collector.events(never)).toMatchObject({ ok: true, events: 1 });
    expect(vendor.askedWith).toEqual([undefined, undefined]);
  });

  it('takes webhook events the same way and says what became of them', async () => {
    const { vendor, collector } = setUp();
    vendor.devices = fleet(1);
    await collector.snapshot(never);
    const events = [anEvent('1', '1', start), anEvent('2', 'x', start)];
    expect(await collector.ingest(events, never)).toEqual({
      accepted: 1,
      duplicates: 0,
      dropped: { unknown_device: 1 },
    });
    expect(await collector.ingest(events, never)).toMatchObject({ accepted: 0, duplicates: 1 });
  });
});

describe('a targeted read', () => {
  it('stores the device and says that it was found', async () => {
    const { vendor, sink, collector } = setUp();
    vendor.known.set('5', aDevice('5'));
    expect(await collector.lookup('5', never)).toMatchObject({
      found: true,
      run: { kind: 'lookup', ok: true, events: 1 },
    });
    expect(await collector.lookup('6', never)).toMatchObject({ found: false, run: { ok: true } });
    expect(sink.runs).toHaveLength(2);
  });

  it('ends in a timeout when the vendor takes longer than a decision can wait', async () => {
    const { sink, vendor, collector } = setUp({ lookupTimeoutMs: 5 });
    vendor.slowLookup = true;
    const { found, run } = await collector.lookup('5', never);
    expect([found, run.ok, run.reason]).toEqual([false, false, 'timeout']);
    expect(sink.log).toEqual([]);
  });

  it('ends as aborted when the caller stops it', async () => {
    const { vendor, collector } = setUp();
    vendor.slowLookup = true;
    expect((await collector.lookup('5', AbortSignal.timeout(5))).run.reason).toBe('aborted');
  });
});
