import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noCapabilities } from '../domain/capabilities.ts';
import type { Outage } from '../domain/decision.ts';
import type { DomainEvent, EventBody } from '../domain/event.ts';
import { defaultPolicy, type Policy } from '../domain/policy.ts';
import { EventLog, restoreFleet } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { SuppressionController } from './controller.ts';

const T = 1_780_000_000;
const key = 'ninja:1';

interface World {
  readonly fleet: Fleet;
  readonly log: EventLog;
  readonly controller: SuppressionController;
  readonly board: SourceBoard;
}

let now = T;
let store: PatchStore;
let lookups: string[];
let decisions: string[];
let world: World;
let counter = 0;

function build(policy: Policy = defaultPolicy): World {
  const clock = { now: () => now };
  const board = new SourceBoard();
  const capabilities = { ...noCapabilities, snapshots: true, events: true, lookup: true };
  const intervals = { snapshotIntervalSeconds: 300, eventsIntervalSeconds: 30 };
  board.declare([{ id: 'ninja', type: 'ninjaone', capabilities, ...intervals }]);
  const fleet = new Fleet({ clock, sources: board, policy: () => policy.compliance, perOrganization: () => true });
  const log = new EventLog(store, fleet);
  const controller = new SuppressionController({
    clock,
    store,
    fleet,
    sources: board,
    policy: () => policy,
    recorder: { decision: (what, reason) => decisions.push(`${what} ${reason}`), windowClosed: () => undefined },
    requestLookup: (device) => lookups.push(device),
  });
  log.onFolded((devices) => {
    controller.noteChanged(devices);
  });
  return { fleet, log, controller, board };
}

function contact(board = world.board): void {
  board.recordRun({
    source: 'ninja',
    kind: 'snapshot',
    startedAt: now,
    endedAt: now,
    ok: true,
    dropped: {},
    unknownWords: {},
  });
}

function event(body: EventBody, at = now): DomainEvent {
  counter += 1;
  return {
    source: 'ninja',
    dedupKey: `e${String(counter)}`,
    organization: 'larkspur',
    device: key,
    occurredAt: at,
    receivedAt: now,
    ...body,
  };
}

const installed = (at = now) =>
  event({ type: 'patch.installed', data: { patches: [{ id: 'KB1', title: 'KB1' }] } }, at);
const down = (overrides: Partial<Outage> = {}): Outage => ({
  downAt: now,
  paged: false,
  alerts: ['HostDown'],
  neverSuppress: false,
  ...overrides,
});
const step = (outage?: Outage, up = false, complete = true) =>
  world.controller.step({
    outages: new Map(outage === undefined ? [] : [[key, outage]]),
    up: new Set(up ? [key] : []),
    complete,
  });
const quiet = () => world.fleet.get(key)?.quiet;
const actions = async () =>
  (await store.queryLedger({ scope: 'all', order: 'asc', limit: 100 })).map(
    (entry) => `${entry.action} ${entry.reason}`,
  );
const ofQuiet = async () => (await actions()).filter((line) => !line.endsWith('installed'));

beforeEach(async () => {
  now = T;
  lookups = [];
  decisions = [];
  store = await openStore('sqlite::memory:');
  world = build();
  contact();
  await world.log.append([
    event({
      type: 'device.observed',
      data: {
        vendorId: '1',
        organization: 'larkspur',
        groups: [],
        tags: [],
        displayName: 'FS01',
        hostNames: ['fs01'],
        ipAddresses: [],
      },
    }),
  ]);
  world.fleet.setIdentities(new Map([[key, { status: 'matched', instance: 'fs01:9182', by: 'discovery' }]]));
});
afterEach(() => store.close());

describe('SuppressionController', () => {
  it('opens a window for a patched device, and has it in the store before the fleet shows it', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    expect(quiet()).toMatchObject({ endsAt: T + 1800, instance: 'fs01:9182', owner: 'patchhaven' });
    expect(await store.readWindow(quiet()?.id ?? '')).toEqual(quiet());
  });

  it('opens nothing when the store cannot write: what is not stored is not muted', async () => {
    await world.log.append([installed(T - 60)]);
    await store.close();
    await expect(step(down())).rejects.toThrow();
    expect(quiet()).toBeUndefined();
    store = await openStore('sqlite::memory:');
  });

  it('refuses once in the ledger per outage and reason, and asks the source each time it might still change', async () => {
    await step(down());
    now += 5;
    await step(down({ downAt: T }));
    expect(await ofQuiet()).toEqual(['refused no_evidence']);
    expect(lookups.length).toBe(2);
    await world.log.append([installed(T - 30)]);
    now += 5;
    await step(down({ downAt: T }));
    expect(quiet()?.endsAt).toBe(T + 1800);
  });

  it('leaves a device alone whose page has gone out, and ends maintenance of one that is not matched any more', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down({ paged: true }));
    expect(quiet()).toBeUndefined();
    world.fleet.setIdentities(new Map([[key, { status: 'ambiguous', candidates: ['a', 'b'] }]]));
    await step(down());
    expect(quiet()).toBeUndefined();
    expect(await ofQuiet()).toEqual(['refused already_firing', 'closed contradicted']);
  });

  it('closes when the device has answered for a minute, verifies, and does not mute the next outage', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    now = T + 300;
    await step(undefined, true);
    expect(quiet()?.closedAt).toBeUndefined();
    now = T + 361;
    await step(undefined, true);
    expect(quiet()).toMatchObject({
      outcome: 'returned',
      closedAt: T + 361,
      verification: { verdict: 'running', startedAt: T + 300 },
    });
    now = T + 400;
    contact();
    await step(down());
    expect(quiet()?.outcome).toBe('returned');
    expect((await ofQuiet()).at(-1)).toBe('refused evidence_spent');
  });

  it('counts a short answer between two restarts as the same outage, with the same end', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    now = T + 300;
    await step(undefined, true);
    now = T + 320;
    await step(down());
    now = T + 400;
    await step(undefined, true);
    expect(quiet()?.closedAt).toBeUndefined();
    expect(quiet()?.endsAt).toBe(T + 1800);
  });

  it('ends a window at its stored end even when Prometheus says nothing', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    now = T + 1801;
    await step(undefined, false, false);
    expect(quiet()).toMatchObject({ outcome: 'overdue', closedAt: T + 1800 });
  });

  it('does not take a Prometheus that says nothing for a device that is back', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    now = T + 600;
    await step(undefined, false, false);
    expect(quiet()?.closedAt).toBeUndefined();
  });

  it('ends at once at an operator’s word and stays ended for this outage', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    await world.controller.cancel(quiet()?.id ?? '', 'ada', 'not planned');
    expect(quiet()).toMatchObject({ outcome: 'cancelled' });
    now += 5;
    await step(down({ downAt: T }));
    expect(quiet()?.outcome).toBe('cancelled');
    const lines = await store.queryLedger({ scope: 'all', actions: ['closed'], order: 'asc', limit: 10 });
    expect(lines[0]).toMatchObject({ actor: 'ada', reason: 'cancelled' });
  });

  it('ends when the device is removed, moves to another organization or is matched to something else', async () => {
    for (const contradict of [
      () => world.log.append([event({ type: 'device.removed', data: { reason: 'gone' } }, now + 1)]),
      () =>
        world.log.append([
          event(
            {
              type: 'device.observed',
              data: {
                vendorId: '1',
                organization: 'harbor',
                groups: [],
                tags: [],
                displayName: 'FS01',
                hostNames: [],
                ipAddresses: [],
              },
            },
            now + 1,
          ),
        ]),
      () => {
        world.fleet.setIdentities(new Map([[key, { status: 'matched', instance: 'other:9182', by: 'discovery' }]]));
        return Promise.resolve();
      },
    ]) {
      await world.log.append([installed(now - 60)]);
      await step(down());
      const id = quiet()?.id ?? '';
      await contradict();
      now += 5;
      await step(down({ downAt: now - 5 }));
      expect(await store.readWindow(id)).toMatchObject({ outcome: 'contradicted' });
      await store.close();
      store = await openStore('sqlite::memory:');
      now = T;
      world = build();
      contact();
      await world.log.append([
        event({
          type: 'device.observed',
          data: {
            vendorId: '1',
            organization: 'larkspur',
            groups: [],
            tags: [],
            displayName: 'FS01',
            hostNames: [],
            ipAddresses: [],
          },
        }),
      ]);
      world.fleet.setIdentities(new Map([[key, { status: 'matched', instance: 'fs01:9182', by: 'discovery' }]]));
    }
  });

  it('says the end of a window by value also when the device lost its match, and opens no other meanwhile', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    world.fleet.setIdentities(new Map([[key, { status: 'unmatched' }]]));
    now = T + 5;
    await step(down({ downAt: T }));
    const view = world.fleet.get(key);
    expect(view?.quiet).toMatchObject({ outcome: 'contradicted', closedAt: T + 5 });
    expect(view?.identity).toMatchObject({ status: 'matched', instance: 'fs01:9182' });
    now = T + 60;
    contact();
    await world.log.append([installed(now - 1)]);
    await step(down());
    expect(world.fleet.get(key)?.quiet?.outcome).toBe('contradicted');
    now = T + 1000;
    world.fleet.setIdentities(new Map([[key, { status: 'unmatched' }]]));
    expect(world.fleet.get(key)?.identity.status).toBe('unmatched');
  });

  it('keeps an open window over a restart, with its end, and closes one that ran out meanwhile', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    const before = quiet();
    now = T + 120;
    world = build();
    await restoreFleet(store, world.fleet);
    world.fleet.restoreWindows(await store.queryWindows({ scope: 'all', limit: 10 }));
    await world.controller.settleAfterStart([]);
    expect(quiet()).toEqual(before);
    await step(down({ downAt: T }));
    expect(quiet()?.closedAt).toBeUndefined();

    now = T + 4000;
    world = build();
    await restoreFleet(store, world.fleet);
    world.fleet.restoreWindows(await store.queryWindows({ scope: 'all', limit: 10 }));
    await world.controller.settleAfterStart([]);
    expect(quiet()).toMatchObject({ outcome: 'overdue', closedAt: T + 1800 });
  });

  it('stops muting at the daily cap and says until when', async () => {
    const policy = { ...defaultPolicy, dailyCapSeconds: 1000 };
    world = build(policy);
    await restoreFleet(store, world.fleet);
    contact();
    world.fleet.setIdentities(new Map([[key, { status: 'matched', instance: 'fs01:9182', by: 'discovery' }]]));
    await world.log.append([installed(T - 60)]);
    await step(down());
    expect(quiet()?.endsAt).toBe(T + 1000);
    now = T + 1001;
    await step(down({ downAt: T, paged: true }));
    now = T + 1500;
    await step(undefined, true);
    now = T + 2000;
    contact();
    await world.log.append([installed(now - 10)]);
    await step(down());
    expect((await ofQuiet()).at(-1)).toBe('refused capped');
    expect(world.fleet.get(key)?.quietCappedUntil).toBe(T + 24 * 3600);
  });

  it('opens maintenance at an install and ends it when verification fails', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    expect(world.fleet.get(key)?.maintenance).toMatchObject({ endsAt: T - 60 + 3600 });
    now = T + 300;
    await step(undefined, true);
    now = T + 361;
    await step(undefined, true);
    now = T + 700;
    contact();
    await world.controller.recordRound(quiet()?.id ?? '', key, [
      { check: 'nginx', result: 'failed', detail: '0', at: now },
    ]);
    expect(quiet()?.verification?.verdict).toBe('failed');
    await step();
    expect(world.fleet.get(key)?.maintenance).toMatchObject({ outcome: 'failed' });
    await world.controller.recordRound(quiet()?.id ?? '', key, [
      { check: 'nginx', result: 'passed', detail: 'ok', at: now },
    ]);
    await world.controller.recordRound(quiet()?.id ?? '', key, [
      { check: 'nginx', result: 'passed', detail: 'ok', at: now },
    ]);
    expect(quiet()?.verification?.verdict).toBe('passed');
    expect((await actions()).slice(-3)).toEqual(['verification_failed failed', 'closed failed', 'verified passed']);
  });

  it('lets others run while it looks at a patch night of maintenance windows', async () => {
    const fleet = Array.from({ length: 4000 }, (_, i) => `ninja:p${String(i)}`);
    const facts = { organization: 'larkspur', groups: [], tags: [], displayName: '', hostNames: [], ipAddresses: [] };
    await world.log.append(
      fleet.map((device, i) => ({
        ...event({ type: 'device.observed', data: { ...facts, vendorId: `p${String(i)}` } }),
        device,
      })),
    );
    world.fleet.setIdentities(
      new Map(fleet.map((device) => [device, { status: 'matched', instance: device, by: 'source' }])),
    );
    await world.log.append(fleet.map((device) => ({ ...installed(), device })));
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    await step();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(fleet.filter((device) => world.fleet.get(device)?.maintenance === undefined)).toEqual([]);
  });

  it('looks again at maintenance that could not be stored', async () => {
    await world.log.append([installed()]);
    const recordDecisions = store.recordDecisions.bind(store);
    store.recordDecisions = () => Promise.reject(new Error('disk full'));
    await expect(step()).rejects.toThrow('disk full');
    store.recordDecisions = recordDecisions;
    await step();
    expect(world.fleet.get(key)?.maintenance).toMatchObject({ endsAt: T + 3600 });
  });

  it('remembers that an outage was paged when Prometheus has forgotten it, until the device answers', async () => {
    await step(down({ downAt: T - 200, paged: true }));
    await world.log.append([installed(T - 10)]);
    now = T + 60;
    contact();
    await step(down());
    expect(quiet()).toBeUndefined();
    now = T + 120;
    await step(undefined, true);
    await world.log.append([installed(now - 1)]);
    await step(down());
    expect(quiet()?.endsAt).toBe(T + 120 + 1800);
  });

  it('opens no second window for an outage that went on over a restart of Prometheus', async () => {
    await world.log.append([
      event({ type: 'maintenance.planned', data: { id: 'p', start: T - 60, end: T + 9000, reason: '', owner: 'ada' } }),
      installed(T - 60),
    ]);
    await step(down());
    now = T + 1801;
    await step(undefined, false, false);
    expect(quiet()?.outcome).toBe('overdue');
    now = T + 1900;
    contact();
    await step(down());
    expect((await ofQuiet()).at(-1)).toBe('refused window_ended');
    now = T + 2000;
    await step(undefined, true);
    expect(quiet()?.seenUpAt).toBe(T + 2000);
    now = T + 2100;
    contact();
    await step(down());
    expect(quiet()).toMatchObject({ downAt: T + 2100, endsAt: T + 2100 + 1800 });
  });

  it('verifies a device that comes back after its budget', async () => {
    await world.log.append([installed(T - 60)]);
    await step(down());
    now = T + 1801;
    await step(down({ downAt: T, paged: true }));
    now = T + 2400;
    await step(undefined, true);
    expect(quiet()).toMatchObject({ outcome: 'overdue', verification: { verdict: 'running' } });
  });
});
