import { describe, expect, it } from 'vitest';
import { judgeObserved, type Reading, type SourceHealth } from '../../src/checks/observed.ts';
import type { HealthReading } from '../../src/connectors/connector.ts';
import { ConnectorError } from '../../src/domain/errors.ts';
import { createRandom, mutate } from '../support/mutate.ts';
import { refusals, refusal } from './refusals.ts';
import { type World, type WorldHealth, worldStart } from './vendor-world.ts';
import { where } from './where.ts';

export interface HealthContract {
  readonly type: string;
  readonly createWorld: () => World;
  readonly what: 'services' | 'checks';
  /** The vendor's own time stands beside each state. False: the answer comes live from the device. */
  readonly dated: boolean;
}

const id = '101';
const backAt = worldStart - 100;
const fresh = worldStart - 30;
/** Bodies per connector; `FUZZ_BODIES` asks for more, `FUZZ_SEED` for others. */
const bodies = Math.ceil(Number(process.env['FUZZ_BODIES'] ?? 32_000) / 4);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

const good: WorldHealth = { name: 'Good', state: 'good', observedAt: fresh };
const bad: WorldHealth = { name: 'Bad', state: 'bad', observedAt: fresh };
const stale: WorldHealth = { name: 'Stale', state: 'good', observedAt: backAt - 1 };
const timeless: WorldHealth = { name: 'Timeless', state: 'good' };
const odd: WorldHealth = { name: 'Odd', state: 'odd', observedAt: fresh };

/** What a source says of one device's health, through connector and verdict: only what is good and was seen since passes. */
export function describeHealthContract({ type, createWorld, what, dated }: HealthContract): void {
  const setUp = (health: readonly WorldHealth[]) => {
    const world = createWorld();
    world.fleet = {
      organizations: [{ id: '1', name: 'Acme' }],
      devices: [{ id, name: 'host', organization: '1', health }],
    };
    return world;
  };
  const read = async ({ connector, time, vendorIdOf }: World, device = vendorIdOf(id)): Promise<HealthReading> => {
    const context = { clock: { now: () => time.now }, signal: new AbortController().signal, progress: () => undefined };
    const reading = await (what === 'services'
      ? connector.readServices?.(device, context)
      : connector.readChecks?.(device, context));
    if (reading === undefined) throw new Error('the source cannot be asked');
    return reading;
  };
  const judge = (reading: Reading, name: string, now: number) => {
    const health: SourceHealth = { source: type, [what]: reading };
    const question = { services: [], checks: [], [what]: [name] };
    return judgeObserved(question, health, { after: backAt, now, clockSkewSeconds: 5 }).result;
  };

  describe(`${type} tells ${what} of a device`, () => {
    it('passes what is good, and fails what is not', async () => {
      const world = setUp([good, bad]);
      const reading = await read(world);
      expect(reading).toMatchObject({ dropped: {}, unknownWords: {} });
      expect(['Good', 'Bad', 'Missing'].map((name) => judge(reading, name, world.time.now))).toEqual([
        'passed',
        'failed',
        'no_data',
      ]);
    });

    where(dated)('believes nothing that was seen before the device was back, or at no time at all', async () => {
      const reading = await read(setUp([good, stale, timeless]));
      expect(['Good', 'Stale', 'Timeless'].map((name) => judge(reading, name, worldStart))).toEqual([
        'passed',
        'no_data',
        'no_data',
      ]);
    });

    it('takes a word nobody knows for no state at all, and counts it', async () => {
      const reading = await read(setUp([good, odd]));
      expect(Object.values(reading.unknownWords)).toEqual([1]);
      expect(judge(reading, 'Odd', worldStart)).toBe('no_data');
    });

    it('has nothing to say of a device it does not know', async () => {
      const world = setUp([good]);
      const unknown = await read(world, 'nobody').catch((error: unknown) => error);
      expect(unknown).toMatchObject({ observed: [] });
      const gone = await read(world, world.vendorIdOf('999')).catch((error: unknown) => error);
      if (!(gone instanceof ConnectorError)) expect(gone).toMatchObject({ observed: [] });
    });

    it.each(refusals)('fails on %s, by its own kind, or has nothing to say', async (_what, body, kind) => {
      const world = setUp([good]);
      world.between = body;
      const told: unknown = await read(world).catch((reason: unknown) => reason);
      if (told instanceof ConnectorError) expect(told.kind).toBe(kind);
      else expect([kind, told]).toMatchObject(['malformed', { observed: [] }]);
    });

    it('waits as long as a 429 asks', async () => {
      const world = setUp([good]);
      let left = 1;
      world.between = (body) => (left-- > 0 ? refusal(429, '7') : body);
      expect((await read(world)).observed).toHaveLength(1);
      expect(world.pausesMs.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(7000);
    });

    it(
      `survives ${String(bodies)} spoiled answers and lets none of them pass what must not`,
      { timeout: 60_000 },
      async () => {
        const random = createRandom(seed);
        const served = dated ? [good, bad, stale, timeless, odd] : [good, bad, odd];
        let answered = 0;
        for (let spoiled = 0; spoiled < bodies;) {
          const world = setUp(served);
          world.between = (body) => {
            if (body instanceof Response || random() > 0.7) return body;
            spoiled += 1;
            return mutate(body, random);
          };
          for (let round = 0; round < 12; round += 1) {
            const reading = await read(world).catch((error: unknown) => {
              if (error instanceof ConnectorError) return undefined;
              throw error;
            });
            if (reading === undefined) continue;
            answered += 1;
            for (const { name } of served.slice(1))
              if (judge(reading, name, world.time.now) === 'passed')
                throw new Error(`${name} passed: ${JSON.stringify(reading.observed).slice(0, 2000)}`);
          }
        }
        // A test that never gets an answer would prove nothing.
        expect(answered).toBeGreaterThan(bodies / 40);
      },
    );
  });
}
