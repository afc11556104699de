import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../domain/device.ts';
import { collectEvidence } from '../domain/evidence.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { startVerification } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow, Verification } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { PrometheusError, type PrometheusClient, type VectorSample } from './prometheus-client.ts';
import { Verifier } from './verifier.ts';

const T = 1_780_000_000;
const state: DeviceState = {
  key: 'ninja:1',
  source: 'ninja',
  facts: { vendorId: '1', organization: 'o', groups: [], tags: [], displayName: 'd', hostNames: [], ipAddresses: [] },
  observedAt: 1,
  removed: false,
  planned: [],
  lastInstall: { source: 'ninja', at: T - 600, patches: [] },
};

function sample(value: number): VectorSample {
  return { labels: {}, at: T, value };
}

interface Answers {
  readonly boot?: readonly VectorSample[] | 'down';
  readonly check?: readonly VectorSample[] | 'down';
}

/** Runs one round and returns what was recorded; undefined when the round did not take place. */
async function round(
  answers: Answers,
  verification: Partial<Verification> = {},
  now = T,
): Promise<readonly CheckResult[] | undefined> {
  const window: SilenceWindow = {
    id: 'w',
    kind: 'quiet',
    device: 'ninja:1',
    organization: 'o',
    instance: 'i:1',
    cause: '',
    owner: 'patchhaven',
    triggeredAt: T - 600,
    budgetSeconds: 1800,
    openedAt: T - 300,
    endsAt: T + 1500,
    patches: [],
    evidence: collectEvidence(state, { readAt: T }, 1800, defaultPolicy),
    verification: { ...startVerification(T - 100, defaultPolicy.verification), ...verification },
  };
  let recorded: readonly CheckResult[] | undefined;
  const controller = {
    verifying: () => [window],
    recordRound: (_id: string, _device: string, results: readonly CheckResult[]) => {
      recorded = results;
      return Promise.resolve();
    },
  } as unknown as SuppressionController;
  const query = (expression: string): Promise<readonly VectorSample[]> => {
    const answer = expression.includes('boot_time')
      ? (answers.boot ?? [sample(T - 60)])
      : (answers.check ?? [sample(1)]);
    return answer === 'down' ? Promise.reject(new PrometheusError('unavailable', 'down')) : Promise.resolve(answer);
  };
  const client = { name: 'p', organizationLabel: 'organization', query } as unknown as PrometheusClient;
  await new Verifier({
    clock: { now: () => now },
    clients: () => [client],
    controller,
    stateOf: () => state,
    checks: () => [{ name: 'nginx', query: 'up{instance="{{instance}}"}', appliesTo: () => true }],
  }).round();
  return recorded;
}
const outcomes = async (...given: Parameters<typeof round>) =>
  (await round(...given))?.map(({ check, result }) => `${check} ${result}`);

describe('Verifier', () => {
  it('passes a machine that booted after the trigger and whose services answer', async () => {
    expect(await outcomes({})).toEqual(['boot_time passed', 'nginx passed']);
  });
  it('fails a service that is 0 or that nobody has data of', async () => {
    expect(await outcomes({ check: [sample(1), sample(0)] })).toContain('nginx failed');
    expect(await outcomes({ check: [sample(Number.NaN)] })).toContain('nginx failed');
    expect(await outcomes({ check: [] })).toContain('nginx no_data');
  });
  it('fails a machine that came back without having booted, and judges nothing where no boot time is known', async () => {
    expect(await outcomes({ boot: [sample(T - 9000)] })).toContain('boot_time failed');
    expect(await outcomes({ boot: [] })).toEqual(['nginx passed']);
  });
  it('holds no round when Prometheus does not answer: that says nothing about the machine', async () => {
    expect(await round({ check: 'down' })).toBeUndefined();
    expect(await round({ boot: 'down' })).toBeUndefined();
  });
  it('does not hold the page open for a boot that can no longer happen', async () => {
    const failed = { verdict: 'failed', endedAt: T } as const;
    expect(await outcomes({ boot: [sample(T - 9000)] }, failed, T + 60)).toContain('boot_time failed');
    expect(await outcomes({ boot: [sample(T - 9000)] }, failed, T + 301)).toEqual(['nginx passed']);
  });
});
