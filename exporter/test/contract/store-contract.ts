import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState } from '../../src/domain/device.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import type {
  EventQuery,
  LedgerQuery,
  OrganizationScope,
  PatchStore,
  WindowQuery,
} from '../../src/store/patch-store.ts';
import { anEntry, anEvent, aRun, aState, aWindow, night } from './store-builders.ts';

/** How the suite gets a store of one engine. */
export interface StoreUnderTest {
  /** Opens an empty store; `reopen` closes it and opens what it left behind. */
  create(): Promise<{
    readonly store: PatchStore;
    readonly reopen: () => Promise<PatchStore>;
    /** Writes a row of device_states past the store, as another release would have. */
    readonly insertState: (device: string, body: string) => Promise<void>;
  }>;
}

const organizations = ['acme', 'bolt', 'cobra'] as const;

function visible(scope: OrganizationScope, organization: string): boolean {
  return scope === 'all' || scope.includes(organization);
}

const anyScope = fc.oneof(fc.constant('all' as const), fc.subarray([...organizations]));
const anyOrganization = fc.option(fc.constantFrom(...organizations), { nil: undefined });

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** What every PatchStore promises, whatever keeps the data. */
export function describeStoreContract(engine: string, underTest: StoreUnderTest): void {
  describe(`store contract on ${engine}`, () => {
    let store: PatchStore;
    let reopen: () => Promise<PatchStore>;
    let insertState: (device: string, body: string) => Promise<void>;
    /** A name no other test uses, so that one store serves them all. */
    let fresh = 'none';
    let tests = 0;

    beforeAll(async () => {
      ({ store, reopen, insertState } = await underTest.create());
    }, 60_000);
    afterAll(() => store.close());
    beforeEach(() => {
      tests += 1;
      fresh = `t${String(tests)}`;
    });

    const events = (query: Partial<EventQuery>) =>
      store.queryEvents({ scope: [fresh], order: 'asc', limit: 1000, ...query });
    const own = (count: number, change: Partial<Parameters<typeof anEvent>[0]> = {}) =>
      Array.from({ length: count }, (_, i) =>
        anEvent({ source: fresh, organization: fresh, dedupKey: `k${String(i)}`, ...change }),
      );

    describe('event log', () => {
      it('gives back exactly what was appended, in order, with growing positions', async () => {
        const appended: DomainEvent[] = [
          ...own(2),
          {
            ...anEvent({ source: fresh, organization: fresh, dedupKey: 'observed', device: `${fresh}:ü“x”` }),
            type: 'device.observed',
            data: { ...aState('x').facts, patches: [], lastBootAt: night + 0.123456 },
          },
        ];
        const results = await store.appendEvents(appended);
        const stored = await events({});
        expect(stored.map(({ seq: _seq, ...event }) => event)).toEqual(appended);
        expect(results).toEqual(stored.map(({ seq }) => ({ result: 'accepted', seq })));
        expect(stored.map(({ seq }) => seq)).toEqual(stored.map(({ seq }) => seq).sort((a, b) => a - b));
      });

      it('calls the second arrival a duplicate, within a call, across calls and after a restart', async () => {
        const [a, b] = own(2) as [DomainEvent, DomainEvent];
        const first = await store.appendEvents([a, a, b]);
        expect(first.map(({ result }) => result)).toEqual(['accepted', 'duplicate', 'accepted']);
        store = await reopen();
        const second = await store.appendEvents([b, { ...a, occurredAt: night + 9, receivedAt: night + 99_999 }]);
        expect(second).toEqual([{ result: 'duplicate' }, { result: 'duplicate' }]);
        expect(await events({})).toHaveLength(2);
      });

      it('tells sources apart even when key and name run together', async () => {
        const pair = [
          anEvent({ source: `${fresh}a`, dedupKey: 'b', organization: fresh }),
          anEvent({ source: fresh, dedupKey: 'ab', organization: fresh }),
        ];
        expect((await store.appendEvents(pair)).map(({ result }) => result)).toEqual(['accepted', 'accepted']);
      });

      it('finds old duplicates when the log has grown far past them', async () => {
        const many = own(500);
        await store.appendEvents(many);
        for (let i = 0; i < 10; i += 1) {
          await store.appendEvents(own(100).map((event) => ({ ...event, dedupKey: `${event.dedupKey}/${String(i)}` })));
        }
        const again = await store.appendEvents(many);
        expect(again.filter(({ result }) => result === 'accepted')).toEqual([]);
        store = await reopen();
        const afterRestart = await store.appendEvents(many);
        expect(afterRestart.filter(({ result }) => result === 'accepted')).toEqual([]);
      });

      it('accepts each event once when many callers send the same at the same time', async () => {
        const shared = own(40);
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, i) => store.appendEvents([...shared.slice(i), ...shared.slice(0, i)])),
        );
        const accepted = answers.flat().flatMap((answer) => (answer.result === 'accepted' ? [answer.seq] : []));
        expect(new Set(accepted).size).toBe(40);
        expect(accepted).toHaveLength(40);
        expect(await events({})).toHaveLength(40);
      });

      it('moves the cursor together with the events, and not without them', async () => {
        await store.appendEvents(own(1), { source: fresh, cursor: 'page-2' });
        expect(await store.readCursor(fresh)).toBe('page-2');
        const impossible = { ...anEvent({ source: fresh, dedupKey: 'new', organization: fresh }), occurredAt: null };
        await expect(
          store.appendEvents([...own(2), impossible as unknown as DomainEvent], { source: fresh, cursor: 'page-3' }),
        ).rejects.toThrow();
        expect(await store.readCursor(fresh)).toBe('page-2');
        expect(await events({})).toHaveLength(1);
        expect((await store.appendEvents(own(2))).map(({ result }) => result)).toEqual(['duplicate', 'accepted']);
        expect(await store.readCursor('nobody')).toBeUndefined();
      });

      it('spares the other calls of a group when one of them is refused', async () => {
        const impossible = { ...anEvent({ source: fresh, dedupKey: 'bad', organization: fresh }), device: null };
        const calls = await Promise.allSettled([
          store.appendEvents(own(1)),
          store.appendEvents([impossible as unknown as DomainEvent]),
          store.appendEvents(own(2).slice(1)),
        ]);
        expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect((calls[1] as PromiseRejectedResult).reason).toBeInstanceOf(StoreError);
        expect(await events({})).toHaveLength(2);
      });

      it('keeps an event whose texts hold characters that a database may not like', async () => {
        const odd = anEvent({ source: fresh, organization: fresh, dedupKey: 'a\0b', device: 'nul\0 \u{1F4A5} \'"?$1' });
        await store.appendEvents([{ ...odd, data: { reason: 'x\0y \ud800' } } as DomainEvent]);
        const [stored] = await events({});
        expect(stored?.data).toEqual({ reason: 'x\0y \ud800' });
      });

      it('pages forwards and backwards over the same events without gap or repeat', async () => {
        await store.appendEvents(own(250));
        const all = (await events({})).map(({ seq }) => seq);
        for (const order of ['asc', 'desc'] as const) {
          const seen: number[] = [];
          for (let page = await events({ order, limit: 37 }); page.length > 0;) {
            seen.push(...page.map(({ seq }) => seq));
            const last = seen.at(-1) ?? 0;
            page = await events({ order, limit: 37, ...(order === 'asc' ? { afterSeq: last } : { beforeSeq: last }) });
          }
          expect(seen).toEqual(order === 'asc' ? all : all.toReversed());
        }
      });
    });

    describe('queries', () => {
      interface Sample {
        readonly organization: string;
        readonly device: string;
        readonly at: number;
      }
      const samples: Sample[] = Array.from({ length: 240 }, (_, i) => ({
        organization: organizations[i % 3] ?? 'acme',
        device: `q:${String(i % 12)}`,
        at: night + ((i * 7919) % 1000),
      }));
      const idOf = (i: number) => `w${String(i).padStart(4, '0')}`;

      beforeAll(async () => {
        const types = ['reboot.pending', 'reboot.ordered'] as const;
        await store.appendEvents(
          samples.map(({ organization, device, at }, i) => ({
            ...anEvent({ source: 'query', dedupKey: idOf(i), organization, device, occurredAt: at }),
            type: types[i % 2] ?? 'reboot.pending',
          })),
        );
        await store.recordDecisions(
          samples.map(({ organization, device, at }, i) =>
            aWindow({
              ...optional('closedAt', i % 2 === 0 ? at + 30 : undefined),
              id: idOf(i),
              organization,
              device,
              openedAt: at,
              endsAt: at + 60,
              kind: i % 5 === 0 ? 'maintenance' : 'quiet',
            }),
          ),
          samples.map(({ organization, device, at }, i) =>
            anEntry({ organization, device, at, windowId: idOf(i), action: i % 4 === 0 ? 'refused' : 'opened' }),
          ),
        );
      });

      const anyQuery = fc.record({
        scope: anyScope,
        organization: anyOrganization,
        device: fc.option(
          fc.integer({ min: 0, max: 13 }).map((i) => `q:${String(i)}`),
          { nil: undefined },
        ),
        from: fc.option(fc.integer({ min: night - 10, max: night + 1010 }), { nil: undefined }),
        to: fc.option(fc.integer({ min: night - 10, max: night + 1010 }), { nil: undefined }),
        order: fc.constantFrom('asc' as const, 'desc' as const),
        limit: fc.integer({ min: 1, max: 300 }),
        flag: fc.option(fc.boolean(), { nil: undefined }),
      });
      type AnyQuery = typeof anyQuery extends fc.Arbitrary<infer Q> ? Q : never;

      const common = ({ scope, organization, device, from, to, limit }: AnyQuery) => ({
        scope,
        limit,
        ...optional('organization', organization),
        ...optional('device', device),
        ...optional('from', from),
        ...optional('to', to),
      });
      const matches = (query: AnyQuery) => (sample: Sample) =>
        visible(query.scope, sample.organization) &&
        (query.organization === undefined || query.organization === sample.organization) &&
        (query.device === undefined || query.device === sample.device);
      const inTime = ({ from = -Infinity, to = Infinity }: AnyQuery, start: number, end = start) =>
        end >= from && start <= to;

      it('never shows an event outside the scope, and every one inside it', async () => {
        await fc.assert(
          fc.asyncProperty(anyQuery, async (query) => {
            const type = query.flag === undefined ? undefined : query.flag ? 'reboot.pending' : 'reboot.ordered';
            const found = await store.queryEvents({
              ...common(query),
              order: query.order,
              afterSeq: 0,
              ...optional('types', type && [type]),
            } satisfies EventQuery);
            const wanted = samples
              .map((sample, i) => ({ sample, i }))
              .filter(
                ({ sample, i }) =>
                  matches(query)(sample) && inTime(query, sample.at) && (query.flag ?? i % 2 === 0) === (i % 2 === 0),
              )
              .map(({ i }) => idOf(i));
            const ordered = query.order === 'asc' ? wanted : wanted.toReversed();
            const ids = found.filter(({ source }) => source === 'query').map(({ dedupKey }) => dedupKey);
            expect(found.every(({ organization }) => visible(query.scope, organization))).toBe(true);
            if (query.scope === 'all') return;
            expect(ids).toEqual(ordered.slice(0, query.limit));
          }),
          { numRuns: 60 },
        );
      });

      it('never shows a ledger line outside the scope, and every one inside it', async () => {
        await fc.assert(
          fc.asyncProperty(anyQuery, async (query) => {
            const found = await store.queryLedger({
              ...common(query),
              order: query.order,
              ...optional('actions', query.flag === undefined ? undefined : [query.flag ? 'refused' : 'opened']),
            } satisfies LedgerQuery);
            const wanted = samples
              .map((sample, i) => ({ sample, i }))
              .filter(
                ({ sample, i }) =>
                  matches(query)(sample) && inTime(query, sample.at) && (query.flag ?? i % 4 === 0) === (i % 4 === 0),
              )
              .map(({ i }) => idOf(i));
            const ordered = query.order === 'asc' ? wanted : wanted.toReversed();
            expect(found.map(({ windowId }) => windowId)).toEqual(ordered.slice(0, query.limit));
          }),
          { numRuns: 60 },
        );
      });

      it('never shows a window outside the scope, and every one inside it, newest first', async () => {
        await fc.assert(
          fc.asyncProperty(anyQuery, async (query) => {
            const found = await store.queryWindows({
              ...common(query),
              ...optional('open', query.flag),
            } satisfies WindowQuery);
            const wanted = samples
              .map((sample, i) => ({ ...sample, id: idOf(i), closed: i % 2 === 0 }))
              .filter(
                (sample) => matches(query)(sample) && inTime(query, sample.at, sample.at + (sample.closed ? 30 : 60)),
              )
              .filter(({ closed }) => query.flag === undefined || closed !== query.flag)
              .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
              .map(({ id }) => id);
            expect(found.map(({ id }) => id)).toEqual(wanted.slice(0, query.limit));
          }),
          { numRuns: 60 },
        );
      });

      it('pages windows that opened in the same second without gap or repeat', async () => {
        const seen: string[] = [];
        let before: WindowQuery['before'];
        for (;;) {
          const page = await store.queryWindows({
            scope: [...organizations],
            limit: 17,
            ...optional('before', before),
          });
          seen.push(...page.map(({ id }) => id));
          const last = page.at(-1);
          if (last === undefined) break;
          before = { openedAt: last.openedAt, id: last.id };
        }
        expect(new Set(seen).size).toBe(samples.length);
        expect(seen).toHaveLength(samples.length);
      });

      it('finds the ledger lines of one window and windows of one kind', async () => {
        const lines = await store.queryLedger({ scope: 'all', windowId: idOf(7), order: 'asc', limit: 10 });
        expect(lines.map(({ windowId }) => windowId)).toEqual([idOf(7)]);
        const kinds = await store.queryWindows({ scope: ['acme'], kind: 'maintenance', limit: 1000 });
        expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['maintenance']));
      });

      it('finds windows whose verification failed, and not those that only speak of it', async () => {
        const of = (verdict: 'failed' | 'passed', cause = '') =>
          aWindow({
            id: `${fresh}-${verdict}-${cause}`,
            organization: fresh,
            cause,
            verification: { verdict, startedAt: 0, settlesAt: 0, rounds: 1, consecutivePasses: 0, checks: [] },
          });
        await store.recordDecisions([of('failed'), of('passed'), of('passed', '"verdict":"failed"')], []);
        const found = await store.queryWindows({ scope: [fresh], verificationFailed: true, limit: 9 });
        expect(found).toEqual([of('failed')]);
      });

      it('sees nothing with an empty scope', async () => {
        const nothing = { scope: [], limit: 10, order: 'asc' } as const;
        expect(await store.queryEvents(nothing)).toEqual([]);
        expect(await store.queryLedger(nothing)).toEqual([]);
        expect(await store.queryWindows(nothing)).toEqual([]);
      });
    });

    describe('decisions', () => {
      it('replaces a window by its id and numbers ledger lines in their order', async () => {
        const open = aWindow({ id: fresh, organization: fresh });
        const closed = { ...open, closedAt: night + 300, outcome: 'returned' } as const;
        const stored = await store.recordDecisions(
          [open, closed],
          ['opened', 'closed'].map((action) => anEntry({ organization: fresh, action: action as 'opened' | 'closed' })),
        );
        expect(await store.readWindow(fresh)).toEqual(closed);
        expect(await store.queryLedger({ scope: [fresh], order: 'asc', limit: 9 })).toEqual(stored);
        expect(stored.map(({ action }) => action)).toEqual(['opened', 'closed']);
        expect(await store.readWindow('nobody')).toBeUndefined();
      });

      it('stores the window and its ledger lines together or not at all', async () => {
        const broken = { ...anEntry({ organization: fresh }), at: null } as unknown as ReturnType<typeof anEntry>;
        await expect(store.recordDecisions([aWindow({ id: fresh, organization: fresh })], [broken])).rejects.toThrow(
          StoreError,
        );
        expect(await store.readWindow(fresh)).toBeUndefined();
      });

      it('hands out objects that belong to the caller', async () => {
        const entry = anEntry({ organization: fresh, evidence: [] });
        const [stored] = await store.recordDecisions([], [entry]);
        (stored as unknown as { evidence: unknown[] }).evidence.push('mine');
        expect(entry.evidence).toEqual([]);
      });
    });

    describe('device states', () => {
      it('loads in batches what was saved last, with its log position', async () => {
        const states = Array.from({ length: 1203 }, (_, i) => aState(`s:${String(i)}`));
        await store.saveStates(states, 7);
        await store.saveStates([aState('s:5'), aState('s:5', { removed: true })], 9);
        const loaded: DeviceState[] = [];
        const { seq } = await store.loadStates((batch) => loaded.push(...batch));
        expect(seq).toBe(9);
        expect(loaded).toHaveLength(1203);
        expect(loaded.find(({ key }) => key === 's:5')).toEqual(aState('s:5', { removed: true }));
        await store.dropStates();
        const nothing: unknown[] = [];
        expect(await store.loadStates((batch) => nothing.push(batch))).toEqual({ seq: 0 });
        expect(nothing).toEqual([]);
      });

      it('gives back whole states, in a new process too', async () => {
        const mark = { source: 'api', at: night, ref: 'api/1', patches: [{ id: 'KB1', title: 'One' }] };
        const state = aState('s:1', {
          facts: { ...aState('s:1').facts, site: 'Berlin', os: { name: 'Debian “12”', family: 'linux' }, patches: [] },
          lastInstall: { source: 'ninja', at: night, patches: mark.patches },
          rebootOrdered: mark,
          rememberedPendingSince: night - 5,
        });
        await store.saveStates([state, aState('s:2')], 4);
        await store.saveStates([{ ...aState('s:2'), rebootStarted: mark }], 5);
        store = await reopen();
        const loaded: DeviceState[] = [];
        await store.loadStates((batch) => loaded.push(...batch));
        expect(loaded.slice(0, 2)).toEqual([state, { ...aState('s:2'), rebootStarted: mark }]);
        await store.dropStates();
      });

      it('reads states that schema 1 saved as plain JSON, beside newer ones', async () => {
        await insertState('s:1', JSON.stringify(aState('s:1', { rebootPendingSince: night })));
        await insertState('s:2', JSON.stringify(aState('s:2', { rebootPendingSince: night })));
        await store.saveStates([aState('s:2'), aState('s:3')], 6);
        const loaded: DeviceState[] = [];
        expect(await store.loadStates((batch) => loaded.push(...batch))).toEqual({ seq: 6 });
        expect(loaded).toEqual([aState('s:1', { rebootPendingSince: night }), aState('s:2'), aState('s:3')]);
        await store.dropStates();
      });

      it.each([
        ['of a format it does not know', '[99,"s:2"]'],
        ['with a word that is not there', '[2,"s:2",null,987654321]'],
      ])('wants the whole log folded when it meets a state %s, and keeps the others', async (_name, body) => {
        await store.saveStates([aState('s:1'), aState('s:3')], 8);
        await insertState('s:2', body);
        const loaded: DeviceState[] = [];
        expect(await store.loadStates((batch) => loaded.push(...batch))).toEqual({ seq: 0 });
        expect(loaded.map(({ key }) => key)).toEqual(['s:1', 's:3']);
        await store.dropStates();
      });

      it('rejects when the reader of a batch throws, and goes on', async () => {
        await store.saveStates([aState('s:1')], 3);
        const failing = store.loadStates(() => {
          throw new Error('reader gave up');
        });
        await expect(failing).rejects.toThrow('reader gave up');
        await store.check();
      });
    });

    describe('runs', () => {
      it('keeps the last 200 successes and 1,000 failures of a source, newest first', async () => {
        const runs = Array.from({ length: 1250 }, (_, i) =>
          aRun({ source: fresh, endedAt: night + i, ok: i % 5 === 0 && i < 1200, kind: 'events' }),
        );
        await store.recordRun(aRun({ source: fresh, kind: 'snapshot', endedAt: night - 1 }));
        await Promise.all(runs.map((run) => store.recordRun(run)));
        const kept = await store.recentRuns(fresh, 5000);
        expect(kept.filter(({ ok }) => ok)).toHaveLength(200);
        expect(kept.filter(({ ok }) => !ok)).toHaveLength(1000);
        expect(kept.slice(0, 50)).toEqual(runs.slice(-50).toReversed());
        expect(await store.lastSuccess(fresh, 'events')).toEqual(runs[1195]);
        expect((await store.lastSuccess(fresh, 'snapshot'))?.endedAt).toBe(night - 1);
        expect(await store.lastSuccess(fresh, 'lookup')).toBeUndefined();
      }, 30_000);
    });

    describe('tokens, audit and mappings', () => {
      const aToken = (id: string, secretHash: string) =>
        ({ id, name: 'ci', role: 'viewer', organizations: ['acme'], secretHash, createdAt: night }) as const;

      it('saves a token, revokes it, and refuses a second one with the same secret', async () => {
        const revoked = { ...aToken(fresh, `hash-${fresh}`), revokedAt: night + 1 };
        await store.saveToken(aToken(fresh, `hash-${fresh}`));
        await store.saveToken(revoked);
        expect((await store.listTokens()).filter(({ id }) => id === fresh)).toEqual([revoked]);
        await expect(store.saveToken(aToken(`${fresh}x`, `hash-${fresh}`))).rejects.toMatchObject({ kind: 'conflict' });
      });

      it('pages the audit newest first', async () => {
        const record = { at: night, actor: 'ci', action: 'window.create', target: 'x', outcome: 'done' } as const;
        for (let i = 0; i < 5; i += 1) await store.appendAudit({ ...record, target: `${fresh}-${String(i)}` });
        const newest = await store.queryAudit(2);
        const next = await store.queryAudit(3, newest.at(-1)?.seq);
        expect([...newest, ...next].map(({ target }) => target)).toEqual(
          [4, 3, 2, 1, 0].map((i) => `${fresh}-${String(i)}`),
        );
        expect(newest[0]).toMatchObject(record.outcome === 'done' ? { actor: 'ci', action: 'window.create' } : {});
      });

      it('writes who sent events together with them, and neither without the other', async () => {
        const audit = { at: night, actor: fresh, action: 'events.post', target: 'events', outcome: 'done' } as const;
        const event = anEvent({ source: fresh, organization: fresh, dedupKey: 'audited' });
        await store.appendEvents([event], undefined, audit);
        expect((await store.queryAudit(1))[0]).toMatchObject(audit);
        const broken = { ...event, dedupKey: 'broken', organization: null as unknown as string };
        await expect(store.appendEvents([broken], undefined, { ...audit, target: 'lost' })).rejects.toThrow();
        expect((await store.queryAudit(1))[0]?.target).toBe('events');
      });

      it('keeps the last mapping of a device until it is taken back', async () => {
        await store.saveMapping(fresh, 'a:9182');
        await store.saveMapping(fresh, 'b:9182');
        expect((await store.listMappings()).get(fresh)).toBe('b:9182');
        await store.saveMapping(fresh, null);
        expect((await store.listMappings()).has(fresh)).toBe(false);
      });
    });

    describe('order and end', () => {
      it('lets a read see every write that was called before it', async () => {
        void store.saveMapping(fresh, 'a:9182');
        void store.appendEvents(own(3));
        expect((await store.listMappings()).get(fresh)).toBe('a:9182');
        expect(await events({})).toHaveLength(3);
      });

      it('waits at close for the calls made before, and refuses those made after', async () => {
        const pending = [store.appendEvents(own(100)), store.check(), events({})] as const;
        const closed = store.close();
        await expect(store.check()).rejects.toMatchObject({ kind: 'unavailable' });
        await closed;
        await store.close();
        expect((await Promise.all(pending))[0]).toHaveLength(100);
        store = await reopen();
        expect(await events({})).toHaveLength(100);
      });
    });
  });
}
