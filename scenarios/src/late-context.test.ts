import { expect, it, vi } from 'vitest';
import type * as DecisionModule from '../../exporter/src/domain/decision.ts';
import { Runner } from './run.ts';
import { sumUp } from './report/matrix.ts';
import { loadRules } from './variants/rules.ts';

vi.mock('../../exporter/src/domain/decision.ts', async (importOriginal) => {
  const original = await importOriginal<typeof DecisionModule>();
  return {
    ...original,
    /** Takes no notice of a page that is out, nor of how old the outage is. */
    decide: (input: DecisionModule.DecisionInput) =>
      original.decide({
        ...input,
        outage: { ...input.outage, paged: false },
        policy: { ...input.policy, contextDelaySeconds: Infinity },
      }),
  };
});

const secondLock = /unless on \(organization, instance\)\s+ALERTS\{patch_state=~"down\|overdue", alertstate="firing"\}/;

async function missedWith(change: (text: string) => string): Promise<number> {
  const runner = new Runner({ seed: 1, rules: loadRules(change) });
  const verdicts = [];
  for (let index = 0; index < 40; index++)
    verdicts.push((await runner.play(runner.scenario(index), 'patchhaven')).verdict);
  return sumUp('patchhaven', verdicts).counts.missed;
}

it(
  'sees pages that are muted after the fact when decision and rules both forget them',
  { timeout: 60_000 },
  async () => {
    const broken = (text: string): string => text.replace(secondLock, '');
    expect(await missedWith(broken)).toBeGreaterThan(0);
  },
);
