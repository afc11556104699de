import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState } from '../domain/device.ts';
import { collectEvidence } from '../domain/evidence.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { startVerification } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow, Verification } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { PrometheusError, type PrometheusClient, type VectorSample } from './prometheus-client.ts';
import { Verifier, type Check } from './verifier.ts';

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

interface Server {
  readonly organizationLabel: string | null;
  readonly answers: Answers;
}

interface Answers {
  readonly boot?: readonly VectorSample[] | 'down';
  readonly check?: readonly VectorSample[] | 'down';
  /** The check as asked for the time before the outage. */
  readonly checkBefore?: readonly VectorSample[] | 'down';
  readonly steady?: readonly string[] | 'down';
  readonly running?: readonly string[] | 'down';
}

const services = (names: readonly string[]): readonly VectorSample[] =>
  names.map((name) => ({ labels: { kind: 'unit', job: 'node', name }, at: T, value: 1 }));

const nginx: Check = {
  name: 'nginx',
  question: { query: 'up{instance="{{instance}}"}' },
  onlyIfRunningBefore: false,
  appliesTo: () => true,
};
/** Moments for which Prometheus was asked; undefined = now. */
let moments: (number | undefined)[] = [];
beforeEach(() => {
  moments = [];
});

function answerTo(expression: string, at: number | undefined, answers: Answers): readonly VectorSample[] | 'down' {
  if (expression.includes('boot_time')) return answers.boot ?? [sample(T - 60)];
  const list = (names: readonly string[] | 'down' | undefined) => (names === 'down' ? names : services(names ?? []));
  if (expression.includes('avg_over_time')) return list(answers.steady);
  if (expression.includes('label_replace')) return list(answers.running);
  return (at === undefined ? answers.check : answers.checkBefore) ?? [sample(1)];
}

interface Settings {
  readonly checks?: readonly Check[];
  readonly baseline?: boolean;
  readonly others?: readonly Server[];
}

/** A verifier with one window, and what it last recorded. */
function verifying(answers: Answers, verification: Partial<Verification> = {}, now = T, settings: Settings = {}) {
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
  const recorded: { results?: readonly CheckResult[]; unasked?: string } = {};
  const controller = {
    verifying: () => [window],
    recordRound: (_id: string, _device: string, results: readonly CheckResult[], unasked: string) => {
      Object.assign(recorded, { results, unasked });
      return Promise.resolve();
    },
  } as unknown as SuppressionController;
  const clients = [{ organizationLabel: 'organization', answers }, ...(settings.others ?? [])].map((server) => {
    const query = (expression: string, at?: number): Promise<readonly VectorSample[]> => {
      moments.push(at);
      const answer = answerTo(expression, at, server.answers);
      return answer === 'down' ? Promise.reject(new PrometheusError('unavailable', 'down')) : Promise.resolve(answer);
    };
    return { name: 'p', organizationLabel: server.organizationLabel, query } as unknown as PrometheusClient;
  });
  const verifier = new Verifier({
    clock: { now: () => now },
    clients: () => clients,
    controller,
    stateOf: () => state,
    checks: () => settings.checks ?? [nginx],
    baseline: () => ({ enabled: settings.baseline ?? true, ignore: [] }),
  });
  return { verifier, recorded };
}

/** Runs one round and returns what was recorded; undefined when the round did not take place. */
async function round(...given: Parameters<typeof verifying>): Promise<readonly CheckResult[] | undefined> {
  const { verifier, recorded } = verifying(...given);
  await verifier.round();
  return recorded.results;
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
  it('takes no other organization’s samples for the device’s own', async () => {
    const foreign = { ...sample(1), organization: 'other' };
    expect(await outcomes({ check: [foreign] })).toContain('nginx no_data');
    expect(await outcomes({ boot: [sample(T - 9000), foreign, { ...foreign, value: T }] })).toContain(
      'boot_time failed',
    );
    expect(
      await outcomes({
        check: [
          { ...sample(1), organization: 'o' },
          { ...foreign, value: 0 },
        ],
      }),
    ).toContain('nginx passed');
  });
  it('does not ask a server that cannot tell organizations apart where another one can', async () => {
    const others = [{ organizationLabel: null, answers: { boot: [sample(T)], check: [sample(1)] } }];
    expect(await outcomes({ check: [], boot: [sample(T - 9000)] }, {}, T, { others })).toEqual([
      'boot_time failed',
      'nginx no_data',
    ]);
  });
  it('does not hold the page open for a boot that can no longer happen', async () => {
    const failed = { verdict: 'failed', endedAt: T } as const;
    expect(await outcomes({ boot: [sample(T - 9000)] }, failed, T + 60)).toContain('boot_time failed');
    expect(await outcomes({ boot: [sample(T - 9000)] }, failed, T + 301)).toEqual(['nginx passed']);
  });

  describe('with a check for what was running before', () => {
    const checks = [{ ...nginx, onlyIfRunningBefore: true }];
    const ask = (answers: Answers) => outcomes(answers, {}, T, { checks, baseline: false });

    it('asks only where the answer was good before the install and the outage', async () => {
      expect(await ask({ check: [sample(0)] })).toContain('nginx failed');
      expect(moments).toContain(T - 660);
      expect(await ask({ checkBefore: [sample(0)], check: [sample(0)] })).toEqual(['boot_time passed']);
      expect(await ask({ checkBefore: [], check: [] })).toEqual(['boot_time passed']);
    });
    it('asks about the past once, until it is answered, and about now in each round', async () => {
      const answers: { checkBefore?: 'down' } = { checkBefore: 'down' };
      const { verifier } = verifying(answers, {}, T, { checks, baseline: false });
      await verifier.round();
      delete answers.checkBefore;
      for (let rounds = 0; rounds < 3; rounds += 1) await verifier.round();
      expect(moments.filter((moment) => moment === T - 660)).toHaveLength(2);
    });
    it('holds no round while nobody can say what was before', async () => {
      expect(await ask({ checkBefore: 'down' })).toBeUndefined();
      // The server that is silent may be the one that knew the service.
      const others = [{ organizationLabel: 'organization', answers: { checkBefore: 'down' } as const }];
      const unsure = { checkBefore: [], check: [] };
      expect(await outcomes(unsure, {}, T, { checks: [nginx, ...checks], baseline: false, others })).toBeUndefined();
    });
  });

  describe('without a check for the device', () => {
    const ask = (answers: Answers, baseline = true) => round(answers, {}, T, { checks: [], baseline });

    it('misses what ran before and does not run now, by name', async () => {
      expect(await ask({ steady: ['a.service', 'b.service'], running: ['b.service'] })).toContainEqual(
        expect.objectContaining({ check: 'baseline', result: 'failed', detail: 'not back: a.service' }),
      );
      expect(await ask({ steady: ['a.service'], running: ['a.service', 'new.service'] })).toContainEqual(
        expect.objectContaining({ check: 'baseline', result: 'passed' }),
      );
    });
    it('says nothing where nothing was known before, or when it is switched off', async () => {
      const checks = async (...given: Parameters<typeof ask>) => (await ask(...given))?.map(({ check }) => check);
      expect(await checks({ steady: [], running: [] })).toEqual(['boot_time']);
      expect(await checks({ steady: ['a.service'], running: [] }, false)).toEqual(['boot_time']);
    });
    it('says why there was nothing to ask', async () => {
      const unasked = async (answers: Answers, settings: Settings) => {
        const { verifier, recorded } = verifying(answers, {}, T, settings);
        await verifier.round();
        return recorded.unasked;
      };
      expect(await unasked({ steady: [] }, { checks: [] })).toBe(
        'no check is for it; nothing is known of what ran before',
      );
      const checks = [{ ...nginx, onlyIfRunningBefore: true }];
      expect(await unasked({ checkBefore: [] }, { checks, baseline: false })).toBe(
        'nginx was not seen to be good before; the comparison with what ran before is switched off',
      );
    });
    it('holds no round while one of the questions has no answer', async () => {
      expect(await ask({ steady: 'down' })).toBeUndefined();
      expect(await ask({ steady: ['a.service'], running: 'down' })).toBeUndefined();
    });
    it('is not asked where a check has spoken', async () => {
      expect(await outcomes({ steady: ['a.service'], running: [] })).toEqual(['boot_time passed', 'nginx passed']);
    });
  });
});
