import { describe, expect, it } from 'vitest';
import { generateScenario } from './generator/generate.ts';
import { isClean, sumUp, type MatrixRow } from './report/matrix.ts';
import { patchhaven, Runner, type RunOptions } from './run.ts';
import { loadRules } from './variants/rules.ts';

const seed = 1;
const count = 60;

async function matrixOf(variant: string, options: Partial<RunOptions> = {}, scenarios = count): Promise<MatrixRow> {
  const runner = new Runner({ seed, ...options });
  const verdicts = [];
  for (let index = 0; index < scenarios; index++) {
    const { verdict } = await runner.play(runner.scenario(index), variant);
    verdicts.push(verdict);
  }
  return sumUp(variant, verdicts);
}

describe('the generator', () => {
  it('gives the same scenario for the same seed and index, and another for another', () => {
    expect(generateScenario(7, 3)).toEqual(generateScenario(7, 3));
    expect(generateScenario(7, 4)).not.toEqual(generateScenario(7, 3));
  });

  it('brings every story and every kind of fault', () => {
    const scenarios = Array.from({ length: 300 }, (_, index) => generateScenario(1, index));
    const stories = new Set(scenarios.flatMap(({ devices }) => devices.map(({ story }) => story.split(',')[0])));
    expect(stories.size).toBe(14);
    expect(new Set(scenarios.flatMap(({ faults }) => faults.map(({ what }) => what))).size).toBe(4);
    expect(new Set(scenarios.flatMap(({ deliveries }) => deliveries.map(({ forgery }) => forgery))).size).toBe(5);
  });
});

describe('the matrix', { timeout: 120_000 }, () => {
  it('is clean for the product: no false, missed, double, late or stuck page', async () => {
    const row = await matrixOf(patchhaven);
    expect(row.counts).toMatchObject({ false: 0, missed: 0, double: 0, late: 0, stuck: 0 });
    expect(row.judged).toBeGreaterThan(500);
    // The oracle has to have an opinion almost always.
    expect(row.unclear).toBeLessThan(row.judged / 15);
  });

  it('shows what each of the habits costs', async () => {
    expect((await matrixOf('plain HostDown')).counts.false).toBeGreaterThan(100);
    expect((await matrixOf('fixed maintenance window')).counts.missed).toBeGreaterThan(100);
    const perPatch = await matrixOf('silence per patch, 60 min');
    expect(perPatch.counts.missed).toBeGreaterThan(50);
    expect(perPatch.counts.stuck).toBeGreaterThan(10);
  });
});

const quietOrOverdue =
  /unless on \(organization, instance\)\s+ALERTS\{patch_state=~"quiet\|overdue", alertstate="firing"\}/;

/** Changes the text and fails loudly when there is nothing to change: the mutation would test nothing. */
function replacing(pattern: RegExp, by: string): (text: string) => string {
  return (text) => (text.includes('name: patch-aware\n') ? replaced(text, pattern, by) : text);
}

function replaced(text: string, pattern: RegExp, by: string): string {
  const changed = text.replace(pattern, by);
  if (changed === text) throw new Error(`the rules no longer contain ${String(pattern)}`);
  return changed;
}

describe('a broken product', { timeout: 120_000 }, () => {
  const mutants: readonly (readonly [string, Partial<RunOptions>, keyof MatrixRow['counts']])[] = [
    ['HostDown does not leave out quiet devices', { rules: loadRules(replacing(quietOrOverdue, '')) }, 'false'],
    [
      'overdue is never noticed',
      {
        rules: loadRules(
          replacing(/ALERTS\{patch_state="quiet", alertstate="firing"\}\s+unless/, 'ALERTS{patch_state="none"} unless'),
        ),
      },
      'missed',
    ],
    [
      'an install explains outages for a whole day',
      { changePolicy: (policy) => ({ ...policy, evidence: { ...policy.evidence, installedSeconds: 86_400 } }) },
      'missed',
    ],
    [
      'windows are twice as long as the budget',
      {
        changePolicy: (policy) => ({
          ...policy,
          budget: { ...policy.budget, defaultSeconds: 2 * policy.budget.defaultSeconds },
        }),
      },
      'missed',
    ],
    [
      'services get an hour to come up',
      { changePolicy: (policy) => ({ ...policy, verification: { ...policy.verification, settleSeconds: 3600 } }) },
      'missed',
    ],
    ['the daily cap is ignored', { changePolicy: (policy) => ({ ...policy, dailyCapSeconds: 86_400 }) }, 'missed'],
  ];

  it.each(mutants)('%s: the matrix says so', async (_name, options, kind) => {
    const row = await matrixOf(patchhaven, options);
    expect(isClean(row)).toBe(false);
    expect(row.counts[kind]).toBeGreaterThan(0);
  });
});
