import { BudgetModel, type PastReboot } from '../../exporter/src/domain/learned-budget.ts';
import { Random } from '../../scenarios/src/generator/random.ts';
import type { Bench, Goal } from './bench.ts';
import { formatNumber, spread } from './statistics.ts';

/** Durations are in seconds. A fleet whose machines each have a pace of their own, and nights on which one gets stuck. */
interface FleetShape {
  readonly name: string;
  readonly devices: number;
  /** Log-normal spread of the machines' medians around the median of their kind. */
  readonly kinds: readonly { readonly share: number; readonly medianSeconds: number; readonly sigma: number }[];
  /** Log-normal spread of one machine's reboots. */
  readonly nightSigma: number;
  readonly stuckShare: number;
}

const minute = 60;
const monthSeconds = 30 * 86_400;
const months = 14;
const heldOutMonths = 4;
const target = 0.95;
const flatSeconds = 30 * minute;
const capSeconds = 120 * minute;

const shapes: readonly FleetShape[] = [
  {
    name: 'office servers',
    devices: 400,
    kinds: [{ share: 1, medianSeconds: 6 * minute, sigma: 0.45 }],
    nightSigma: 0.25,
    stuckShare: 0.005,
  },
  {
    name: 'servers, a tenth of them slow',
    devices: 400,
    kinds: [
      { share: 0.9, medianSeconds: 6 * minute, sigma: 0.4 },
      { share: 0.1, medianSeconds: 24 * minute, sigma: 0.2 },
    ],
    nightSigma: 0.3,
    stuckShare: 0.005,
  },
  {
    name: 'small client, 12 machines',
    devices: 12,
    kinds: [{ share: 1, medianSeconds: 8 * minute, sigma: 0.5 }],
    nightSigma: 0.25,
    stuckShare: 0.01,
  },
  {
    // Schroeder and Gibson, "A large-scale study of failures in high-performance-computing systems" (2006): repairs of
    // all causes took 54 min in the median and 355 min in the mean, and are best described by a log-normal.
    name: 'LANL repairs (median 54 min, mean 355 min)',
    devices: 400,
    kinds: [{ share: 1, medianSeconds: 54 * minute, sigma: 0 }],
    nightSigma: Math.sqrt(2 * Math.log(355 / 54)),
    stuckShare: 0,
  },
];

/** Learned budgets against flat ones, on reboots that were held out. No clock and no machine: the numbers repeat. */
export const budgetBench: Bench = {
  name: 'budget',
  run({ log }) {
    const results = shapes.map((shape) => {
      log(shape.name);
      return backtest(shape);
    });
    return Promise.resolve({
      name: 'budget',
      tables: [
        {
          title: `Learned budgets (${percent(target)} asked) against flat ones, reboots of ${String(heldOutMonths)} held-out months`,
          columns: [
            'fleet',
            'reboots',
            'covered',
            'median allowance, min',
            'flat with as many misses, min',
            'shorter by',
            'missed by flat 30 min',
            'missed in use',
          ],
          rows: results.map((result) => [
            result.name,
            String(result.reboots),
            percent(result.covered),
            formatNumber(result.medianSeconds / minute),
            formatNumber(result.equalFlatSeconds / minute),
            percent(1 - result.medianSeconds / result.equalFlatSeconds),
            percent(result.missedByFlat),
            percent(result.missedInUse),
          ]),
        },
      ],
      goals: results.flatMap(goalsOf),
      raw: results,
    });
  },
};

interface Backtest {
  readonly name: string;
  readonly reboots: number;
  readonly covered: number;
  readonly medianSeconds: number;
  readonly equalFlatSeconds: number;
  readonly missedByFlat: number;
  readonly missedInUse: number;
}

function goalsOf({ name, covered, medianSeconds, equalFlatSeconds }: Backtest): readonly Goal[] {
  const shorter = 1 - medianSeconds / equalFlatSeconds;
  return [
    {
      what: `${name}: coverage`,
      goal: `${percent(target)} ± 2 points`,
      measured: percent(covered),
      met: Math.abs(covered - target) <= 0.02,
    },
    {
      what: `${name}: median allowance at equal misses`,
      goal: '30 % under flat',
      measured: percent(shorter),
      met: shorter >= 0.3,
    },
  ];
}

/** Every month is judged by a model of the months before it, as it would have been. */
function backtest(shape: FleetShape): Backtest {
  const history = simulate(shape);
  const held = Array.from({ length: heldOutMonths }, (_, index) => months - heldOutMonths + index).flatMap((month) => {
    const past = history.filter(({ downAt }) => downAt < month * monthSeconds);
    const model = new BudgetModel(past, { coverage: target, floorSeconds: 0 });
    return history
      .filter(({ downAt }) => Math.floor(downAt / monthSeconds) === month)
      .flatMap(({ device, seconds, pools }) => {
        const bound = model.boundFor(device, pools);
        if (bound === undefined) return [];
        const longest = bound.from === 'device' ? capSeconds : flatSeconds;
        return [{ seconds, allowed: bound.seconds, inUse: Math.min(bound.seconds, longest) }];
      });
  });
  const missed = held.filter(({ seconds, allowed }) => seconds > allowed).length;
  const longestFirst = held.map(({ seconds }) => seconds).sort((a, b) => b - a);
  const share = (missing: readonly unknown[]): number => missing.length / held.length;
  return {
    name: shape.name,
    reboots: held.length,
    covered: 1 - missed / held.length,
    medianSeconds: spread(held.map(({ allowed }) => allowed)).median,
    // The shortest flat budget that misses no more: the next longest reboot is the first it covers.
    equalFlatSeconds: longestFirst[missed] ?? 0,
    missedByFlat: share(held.filter(({ seconds }) => seconds > flatSeconds)),
    missedInUse: share(held.filter(({ seconds, inUse }) => seconds > inUse)),
  };
}

function simulate({ name, devices, kinds, nightSigma, stuckShare }: FleetShape): readonly PastReboot[] {
  const random = new Random(name);
  return Array.from({ length: devices }, (_, index) => {
    const kind = kinds[pick(kinds, random.next())] ?? kinds[0];
    const median = Math.log(kind?.medianSeconds ?? 1) + (kind?.sigma ?? 0) * normal(random);
    return Array.from({ length: months }, (__, month): PastReboot => {
      const stuck = random.next() < stuckShare;
      const seconds = stuck ? (2 + 4 * random.next()) * 3600 : Math.exp(median + nightSigma * normal(random));
      const downAt = month * monthSeconds + index;
      return { device: `d${String(index)}`, downAt, seconds, pools: ['windows devices', 'organization'] };
    });
  }).flat();
}

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function pick(kinds: FleetShape['kinds'], at: number): number {
  let sum = 0;
  return kinds.findIndex(({ share }) => (sum += share) > at);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
