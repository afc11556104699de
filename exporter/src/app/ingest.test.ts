import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDevice } from '../../test/support/builders.ts';
import { noCapabilities } from '../domain/capabilities.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { EventLog } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { EventIngest, IncomingEvent } from '../http/deps.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { createIngest } from './ingest.ts';

const T = 1_780_000_000;
let store: PatchStore;
let fleet: Fleet;
let ingest: EventIngest;

const started = (overrides: Partial<IncomingEvent>): IncomingEvent =>
  ({
    type: 'patch.install.started',
    data: { patches: [] },
    occurredAt: T - 60,
    organization: 'larkspur',
    ...overrides,
  }) as IncomingEvent;
const reasons = async (events: IncomingEvent[]) =>
  (await ingest.ingest(events)).map((result) => (result.result === 'rejected' ? result.reason : result.result));

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  const clock = { now: () => T };
  const sources = new SourceBoard();
  sources.declare([{ id: 'scripts', type: 'events', capabilities: noCapabilities }]);
  fleet = new Fleet({ clock, sources, policy: () => defaultPolicy.compliance, perOrganization: () => true });
  const log = new EventLog(store, fleet);
  ingest = createIngest({
    clock,
    fleet,
    log,
    pushSources: () => new Set(['scripts']),
    policy: () => defaultPolicy,
    onResult: () => undefined,
  });
  const facts = { groups: [], tags: [], displayName: 'd', hostNames: ['fs01'], ipAddresses: [] };
  await log.append(
    ['larkspur', 'harbor'].map((organization, i) => ({
      source: 'ninja',
      dedupKey: `o${String(i)}`,
      organization,
      device: `ninja:${String(i)}`,
      occurredAt: T - 600,
      receivedAt: T - 600,
      type: 'device.observed' as const,
      data: { ...facts, vendorId: String(i), organization },
    })),
  );
  fleet.setIdentities(
    new Map([
      ['ninja:0', { status: 'matched', instance: 'fs01:9100', by: 'discovery' }],
      ['ninja:1', { status: 'matched', instance: 'fs01:9100', by: 'discovery' }],
    ]),
  );
});
afterEach(() => store.close());

describe('posted events', () => {
  it('are stored with the record of who sent them, which counts the good ones', async () => {
    const audit = (good: number) =>
      ({ at: T, actor: 'script', action: 'events.post', target: String(good), outcome: 'done' }) as const;
    await ingest.ingest([started({ device: 'ninja:0' }), started({ device: 'ninja:none' })], audit);
    expect((await store.queryAudit(10)).map(({ target }) => target)).toEqual(['1']);
    await ingest.ingest([started({ device: 'ninja:none' })], audit);
    expect(await store.queryAudit(10)).toHaveLength(1);
  });

  it('reach a device by id, instance or host name of the sender’s organization', async () => {
    const results = await ingest.ingest([
      started({ device: 'ninja:0' }),
      started({ instance: 'fs01:9100', id: 'a' }),
      started({ hostName: 'FS01', id: 'b' }),
    ]);
    expect(results).toEqual([
      { result: 'accepted', device: 'ninja:0' },
      { result: 'accepted', device: 'ninja:0' },
      { result: 'accepted', device: 'ninja:0' },
    ]);
    expect(fleet.state('ninja:1')?.installStarted).toBeUndefined();
  });
  it('answer another organization’s device exactly like one that does not exist', async () => {
    const [foreign, absent] = await ingest.ingest([started({ device: 'ninja:1' }), started({ device: 'ninja:99' })]);
    expect(foreign).toEqual(absent);
    expect(fleet.state('ninja:1')?.installStarted).toBeUndefined();
  });
  it('keep the good ones of a batch and say why each bad one is not', async () => {
    expect(
      await reasons([
        started({ device: 'ninja:0', id: '1' }),
        started({ device: 'ninja:0', id: '1' }),
        started({ device: 'ninja:0', occurredAt: T + 301 }),
        started({ device: 'ninja:0', occurredAt: T - 40 * 86_400 }),
        started({ device: 'ninja:77' }),
      ]),
    ).toEqual(['accepted', 'duplicate', 'in_the_future', 'too_old', 'unknown_device']);
  });
  it('do not make a device known by an id: ids are given out, not chosen', async () => {
    expect(await reasons([started({ device: 'scripts:larkspur/web-1' })])).toEqual(['unknown_device']);
    expect(fleet.state('scripts:larkspur/web-1')).toBeUndefined();
  });
  it('introduce a machine that no RMM knows, by its instance or its host name', async () => {
    expect(await ingest.ingest([started({ instance: 'pi:9100' }), started({ hostName: 'Pi-2', id: '2' })])).toEqual([
      { result: 'accepted', device: 'scripts:larkspur/pi:9100' },
      { result: 'accepted', device: 'scripts:larkspur/pi-2' },
    ]);
    expect(fleet.state('scripts:larkspur/pi:9100')).toMatchObject({
      facts: { organization: 'larkspur', instance: 'pi:9100', hostNames: ['pi'] },
      installStarted: { at: T - 60 },
    });
    await ingest.ingest([started({ instance: 'pi:9100', organization: 'harbor' })]);
    expect(fleet.state('scripts:harbor/pi:9100')?.facts.organization).toBe('harbor');
    expect(fleet.state('scripts:larkspur/pi:9100')?.facts.organization).toBe('larkspur');
  });
  it('cannot reach another organization’s device by a name that only looks like one’s own', async () => {
    await ingest.ingest([started({ organization: 'larkspur/west', instance: 'pi:9100' })]);
    const key = 'scripts:larkspur/west/pi:9100';
    const trick = { type: 'reboot.ordered', data: {} } as const;
    expect(
      await reasons([started({ ...trick, device: key }), started({ ...trick, instance: 'west/pi:9100' })]),
    ).toEqual(['unknown_device', 'unknown_device']);
    expect(fleet.state(key)?.rebootOrdered).toBeUndefined();
  });
  it('name the host of one device of the organization, whatever its case, or of none', async () => {
    const hostNames = ['FS01', 'fs01'];
    fleet.restore([aDevice({ facts: { vendorId: '2', organization: 'larkspur', hostNames } })], 0);
    expect(await ingest.ingest([started({ hostName: 'fs01' })])).toMatchObject([
      { result: 'rejected', reason: 'ambiguous_device', field: '/hostName' },
    ]);
  });
  it('are refused when they tell of a boot that has not happened: it would answer nothing for ever after', async () => {
    const booted = (bootAt: number) => started({ device: 'ninja:0', type: 'reboot.completed', data: { bootAt } });
    expect(await reasons([booted(T + 86_400), booted(T - 60)])).toEqual(['in_the_future', 'accepted']);
    expect(fleet.state('ninja:0')?.facts.lastBootAt).toBe(T - 60);
  });
  describe('that plan maintenance', () => {
    const hour = 3600;
    const plan = (data: object, overrides: { readonly occurredAt?: number } = {}) =>
      started({
        device: 'ninja:0',
        type: 'maintenance.planned',
        data: { id: 'p', start: T, end: T + hour, reason: 'night', owner: 'script', ...data },
        ...overrides,
      });
    const end = (occurredAt: number) =>
      started({ device: 'ninja:0', type: 'maintenance.ended', data: { id: 'p' }, occurredAt });

    it('are refused for longer than a maintenance window may last', async () => {
      expect(await ingest.ingest([plan({ end: T + 4 * hour + 1 }), plan({ end: T + 4 * hour })])).toEqual([
        {
          result: 'rejected',
          reason: 'plan_too_long',
          detail: 'maintenance may last 240 min at the most; plan several',
          field: '/data/end',
        },
        { result: 'accepted', device: 'ninja:0' },
      ]);
    });
    it('are refused under an id that was ended before, but are stored where the news only came late', async () => {
      await ingest.ingest([end(T - 300)]);
      expect(await ingest.ingest([plan({}, { occurredAt: T - 60 })])).toMatchObject([
        { result: 'rejected', reason: 'plan_ended', field: '/data/id' },
      ]);
      expect(await reasons([plan({}, { occurredAt: T - 600 }), plan({ id: 'q' })])).toEqual(['accepted', 'accepted']);
      expect(fleet.state('ninja:0')?.planned.filter(({ start, end }) => start < end)).toMatchObject([{ id: 'q' }]);
    });
    it('are refused once a device has fifty that are not over', async () => {
      const many = Array.from({ length: 50 }, (_, i) => plan({ id: `p${String(i)}` }));
      expect(new Set(await reasons(many))).toEqual(new Set(['accepted']));
      expect(await ingest.ingest([plan({ id: 'one more' })])).toMatchObject([
        { result: 'rejected', reason: 'too_many_plans', field: '/data' },
      ]);
      expect(await reasons([plan({ id: 'p7', end: T + 2 * hour })])).toEqual(['accepted']);
    });
  });
  it('do not let one organization use up an id of another', async () => {
    expect(await reasons([started({ device: 'ninja:0', id: 'x' })])).toEqual(['accepted']);
    expect(await reasons([started({ organization: 'harbor', device: 'ninja:1', id: 'x' })])).toEqual(['accepted']);
  });
});
