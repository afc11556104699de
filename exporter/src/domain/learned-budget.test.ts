import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/mutate.ts';
import { BudgetModel, type PastReboot } from './learned-budget.ts';

const options = { coverage: 0.95, floorSeconds: 60 };
const pools = ['acme/windows', 'acme'];
const reboots = (device: string, seconds: readonly number[]): PastReboot[] =>
  seconds.map((lasted, index) => ({ device, downAt: index * 86_400, seconds: lasted, pools }));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => 100 + index);

describe('BudgetModel', () => {
  it('bounds by the device itself once it has enough reboots to say so: 19 for 95 %', () => {
    expect(new BudgetModel(reboots('a', upTo(19)), options).boundFor('a', [])).toMatchObject({
      seconds: expect.closeTo(118) as number,
      from: 'device',
      samples: 19,
    });
    expect(new BudgetModel(reboots('a', upTo(18)), options).boundFor('a', [])).toBeUndefined();
  });

  it('falls back to the smallest pool that has enough, and to nothing without one', () => {
    const many = Array.from({ length: 30 }, (_, index) => reboots(`d${String(index)}`, [600, 620])).flat();
    const model = new BudgetModel(many, options);
    expect(model.boundFor('new', ['acme/linux', 'acme/windows', 'acme'])).toMatchObject({
      from: 'acme/windows',
      own: 0,
    });
    expect(model.boundFor('new', ['globex/windows', 'globex'])).toBeUndefined();
  });

  it('gives a slow device of a quick pool more than a quick one', () => {
    const quick = Array.from({ length: 40 }, (_, index) => reboots(`q${String(index)}`, [300, 310, 305])).flat();
    const model = new BudgetModel([...quick, ...reboots('slow', [1500, 1490, 1510])], options);
    const [slow, fast] = ['slow', 'q1'].map((device) => model.boundFor(device, pools)?.seconds ?? 0);
    expect(slow).toBeGreaterThan(2 * (fast ?? 0));
  });

  it('never goes below the floor', () => {
    expect(
      new BudgetModel(
        reboots(
          'a',
          upTo(19).map(() => 2),
        ),
        options,
      ).boundFor('a', [])?.seconds,
    ).toBe(60);
  });

  it('covers the promised share of reboots it has not seen', () => {
    const next = createRandom(7);
    const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    const fleet = Array.from({ length: 300 }, (_, index) => ({
      device: `d${String(index)}`,
      median: Math.log(600) + 0.5 * normal(),
    }));
    const draw = (median: number): number => Math.exp(median + 0.3 * normal());
    const past = fleet.flatMap(({ device, median }) => reboots(device, [draw(median), draw(median), draw(median)]));
    const model = new BudgetModel(past, options);
    const held = fleet.flatMap(({ device, median }) => {
      const bound = model.boundFor(device, pools)?.seconds ?? 0;
      return Array.from({ length: 20 }, () => draw(median) <= bound);
    });
    const coverage = held.filter(Boolean).length / held.length;
    expect(coverage).toBeGreaterThan(0.93);
    expect(coverage).toBeLessThan(0.97);
  });

  it('does not shrink when a reboot gets longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 7200 }), { minLength: 19, maxLength: 40 }),
        fc.nat(),
        (list, at) => {
          const longer = list.map((seconds, index) => (index === at % list.length ? seconds * 2 : seconds));
          const bound = (seconds: readonly number[]) =>
            new BudgetModel(reboots('a', seconds), options).boundFor('a', []);
          expect(bound(longer)?.seconds ?? 0).toBeGreaterThanOrEqual(bound(list)?.seconds ?? 0);
        },
      ),
    );
  });
});
