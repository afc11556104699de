import { beforeEach, describe, expect, it } from 'vitest';
import type { Reading, SourceHealth } from '../checks/observed.ts';
import type { DeviceState } from '../domain/device.ts';
import { collectEvidence } from '../domain/evidence.ts';
import type { ObservedHealth } from '../domain/observed-health.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { startVerification } from '../domain/verification.ts';
import type { CheckResult, SilenceWindow, Verification } from '../domain/window.ts';
import type { SuppressionController } from './controller.ts';
import { PrometheusError, type PrometheusClient, type VectorSample } from './prometheus-client.ts';
import type { HealthSource } from './source-readings.ts';
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
  /** Services that Prometheus knows and that do not run. */
  readonly stopped?: readonly string[];
  readonly steady?: readonly string[] | 'down';
  readonly running?: readonly string[] | 'down';
  /** What Prometheus knows of the comparison with what ran before, and that does not run. */
  readonly notRunning?: readonly string[];
}

const services = (names: readonly string[], value = 1): readonly VectorSample[] =>
  names.map((name) => ({ labels: { kind: 'unit', job: 'node', name }, at: T, value }));

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
  const list = (names: readonly string[] | 'down' | undefined, others: readonly string[] = []) =>
    names === 'down' ? names : [...services(names ?? []), ...services(others, 0)];
  if (expression.includes('avg_over_time')) return list(answers.steady);
  if (expression.endsWith('== 0')) return services(answers.stopped ?? []);
  if (expression.includes('label_replace')) return list(answers.running, answers.notRunning);
  return (at === undefined ? answers.check : answers.checkBefore) ?? [sample(1)];
}

interface Settings {
  readonly checks?: readonly Check[];
  readonly baseline?: boolean;
  readonly others?: readonly Server[];
  readonly fromRmm?: boolean;
  readonly health?: HealthSource;
  readonly isDown?: boolean;
  readonly device?: DeviceState;
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
    verifying: () => (settings.isDown === true ? [] : [window]),
    unreturned: () => (settings.isDown === true ? [window] : []),
    recordRound: (_id: string, _device: string, results: readonly CheckResult[], unasked: string) => {
      Object.assign(recorded, { results, unasked });
      return Promise.resolve();
    },
  } as unknown as SuppressionController;
  const time = { now };
  const clients = [{ organizationLabel: 'organization', answers }, ...(settings.others ?? [])].map((server) => {
    const query = (expression: string, at?: number): Promise<readonly VectorSample[]> => {
      moments.push(at);
      const answer = answerTo(expression, at, server.answers);
      return answer === 'down' ? Promise.reject(new PrometheusError('unavailable', 'down')) : Promise.resolve(answer);
    };
    return { name: 'p', organizationLabel: server.organizationLabel, query } as unknown as PrometheusClient;
  });
  const verifier = new Verifier({
    clock: { now: () => time.now },
    clients: () => clients,
    controller,
    stateOf: () => settings.device ?? state,
    checks: () => settings.checks ?? [nginx],
    baseline: () => ({ enabled: settings.baseline ?? true, fromRmm: settings.fromRmm ?? false, ignore: [] }),
    health: settings.health ?? { can: () => false, read: () => Promise.reject(new Error('not asked')) },
    clockSkewSeconds: () => 5,
    onError: (error) => {
      throw error;
    },
  });
  return { verifier, recorded, time };
}

/** Runs one round and returns what was recorded; undefined when the round did not take place. */
async function round(...given: Parameters<typeof verifying>): Promise<readonly CheckResult[] | undefined> {
  const { verifier, recorded } = verifying(...given);
  await verifier.round();
  await verifier.idle();
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
  it('has no data about a boot that the RMM alone has not seen yet', async () => {
    const known = { ...state, facts: { ...state.facts, lastBootAt: T - 9000 } };
    expect(await outcomes({ boot: [] }, {}, T, { device: known })).toContain('boot_time no_data');
    expect(await outcomes({ boot: [sample(T - 60)] }, {}, T, { device: known })).toContain('boot_time passed');
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
      expect(
        await ask({ steady: ['a.service', 'b.service'], running: ['b.service'], notRunning: ['a.service'] }),
      ).toContainEqual(expect.objectContaining({ check: 'baseline', result: 'failed', detail: 'not back: a.service' }));
      expect(await ask({ steady: ['a.service'], running: ['a.service', 'new.service'] })).toContainEqual(
        expect.objectContaining({ check: 'baseline', result: 'passed' }),
      );
    });
    it('has no data where all that is missing has no series: a Prometheus that has just started knows none', async () => {
      const steady = ['a.service', 'b.service'];
      for (const running of [[], ['b.service']]) {
        expect(await ask({ steady, running, notRunning: ['c.service'] })).toContainEqual(
          expect.objectContaining({
            check: 'baseline',
            result: 'no_data',
            detail: expect.stringMatching('not back: a'),
          }),
        );
      }
      expect(await ask({ steady, running: [], notRunning: ['b.service'] })).toContainEqual(
        expect.objectContaining({ result: 'failed', detail: 'not back: a.service, b.service' }),
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

  describe('with a source that knows services', () => {
    const iis: Check = {
      name: 'iis',
      question: { services: { linux: [], windows: ['W3SVC', 'WAS'] } },
      onlyIfRunningBefore: false,
      appliesTo: () => true,
    };
    const backAt = T - 100;
    const bootedAt = T - 60;
    const seen = (name: string, change: Partial<ObservedHealth> = {}): ObservedHealth => ({
      name,
      state: 'good',
      word: 'running',
      automatic: true,
      observedAt: T - 20,
      ...change,
    });
    const stopped = { state: 'bad', word: 'stopped' } as const;
    const source = (
      answer: { services?: readonly ObservedHealth[] | string; checks?: readonly ObservedHealth[] },
      capabilities: readonly string[] = ['services', 'servicesWhileDown', 'checks'],
    ) => {
      const asked: string[] = [];
      const reading = (list: readonly ObservedHealth[] | string = []): Reading =>
        typeof list === 'string' ? { failure: list } : { observed: list };
      const health: HealthSource = {
        can: (_source, capability) => capabilities.includes(capability),
        read: (device, wanted) => {
          const words = Object.entries(wanted).flatMap(([word, isWanted]) => (isWanted ? [word] : []));
          asked.push(words.join('+'));
          return Promise.resolve({
            source: device.source,
            ...(wanted.services ? { services: reading(answer.services) } : {}),
            ...(wanted.checks ? { checks: reading(answer.checks) } : {}),
          });
        },
      };
      return { health, asked, answer };
    };
    const both = [seen('W3SVC'), seen('was')];
    const ask = async (services: readonly ObservedHealth[] | string, answers: Answers = { check: [] }) => {
      const results = await round(answers, {}, T, { checks: [iis], health: source({ services }).health });
      return results?.find(({ check }) => check === 'iis');
    };

    it('asks it where Prometheus has no series, and says who proved it', async () => {
      expect(await ask(both)).toMatchObject({
        result: 'passed',
        detail: expect.stringMatching(/^ninja: W3SVC is running, seen at 2026-\S+Z, was is running/) as string,
      });
      expect(await ask([seen('W3SVC'), seen('WAS', stopped)])).toMatchObject({
        result: 'failed',
        detail: expect.stringMatching(/^ninja: WAS is stopped/) as string,
      });
    });

    it('costs nothing where Prometheus has the series', async () => {
      const { health, asked } = source({ services: both });
      expect(await outcomes({}, {}, T, { checks: [iis], health })).toContain('iis passed');
      expect(asked).toEqual([]);
    });

    it.each([
      ['was last seen before the device was back', [seen('W3SVC'), seen('WAS', { observedAt: backAt - 1 })]],
      ['was last seen within the error of the clocks', [seen('W3SVC'), seen('WAS', { observedAt: bootedAt + 5 })]],
      ['was seen in the future', [seen('W3SVC'), seen('WAS', { observedAt: T + 60 })]],
      ['is stopped, by an old observation', [seen('W3SVC'), seen('WAS', { ...stopped, observedAt: backAt - 1 })]],
      ['is in a state nobody knows', [seen('W3SVC'), seen('WAS', { state: 'unknown', word: 'unknown' })]],
      ['is not listed', [seen('W3SVC')]],
      ['is not told, because nobody answers', 'no answer (timeout)'],
    ] as const)('takes it for no data, which fails, when a service %s', async (_what, services) => {
      expect((await ask(services))?.result).toBe('no_data');
    });

    it('believes no observation without a time', async () => {
      const { observedAt: _, ...timeless } = seen('WAS');
      expect(await ask([seen('W3SVC'), timeless])).toMatchObject({
        result: 'no_data',
        detail: 'ninja: WAS was seen at a time nobody knows',
      });
    });

    it('believes nothing that was seen before the last boot', async () => {
      expect(await ask(both, { check: [], boot: [sample(T - 10)] })).toMatchObject({ result: 'no_data' });
    });

    it('fails without asking where Prometheus knows of a part that does not run', async () => {
      const { health, asked } = source({ services: both });
      const answers = { check: [], stopped: ['WAS'] };
      expect(await round(answers, {}, T, { checks: [iis], health })).toContainEqual(
        expect.objectContaining({ check: 'iis', result: 'failed', detail: 'Prometheus: WAS not running' }),
      );
      expect(asked).toEqual([]);
    });

    it('fails what Prometheus calls running and the source has seen stopped, once it is asked at all', async () => {
      const print: Check = { ...iis, name: 'print', question: { rmm: { services: ['Spooler'], checks: [] } } };
      const told = [seen('W3SVC', stopped), seen('WAS'), seen('Spooler')];
      const run = (services: readonly ObservedHealth[]) =>
        outcomes({}, {}, T, { checks: [iis, print], health: source({ services }).health });
      expect(await run(told)).toEqual(['boot_time passed', 'iis failed', 'print passed']);
      const old = { ...seen('W3SVC', stopped), observedAt: backAt - 1 };
      expect(await run([old, seen('Spooler')])).toEqual(['boot_time passed', 'iis passed', 'print passed']);
    });

    it('asks for the checks of the RMM itself, and fails where the source has none', async () => {
      const disk: Check = { ...iis, name: 'disk', question: { rmm: { services: [], checks: ['Disk .*'] } } };
      const { health, asked } = source({ checks: [seen('Disk C'), seen('Disk D', { ...stopped, word: 'failing' })] });
      expect(await outcomes({}, {}, T, { checks: [disk], health })).toEqual(['boot_time passed', 'disk failed']);
      expect(asked).toEqual(['checks']);
      const none = source({}, ['services']).health;
      expect(await outcomes({}, {}, T, { checks: [disk], health: none })).toEqual(['boot_time passed', 'disk no_data']);
    });

    it('lets no round wait for it, and completes the round with its answer', async () => {
      let answer: (health: SourceHealth) => void = () => undefined;
      const health: HealthSource = {
        can: () => true,
        read: () => new Promise((resolve) => (answer = resolve)),
      };
      const { verifier, recorded } = verifying({ check: [] }, {}, T, { checks: [iis], health });
      await verifier.round();
      await verifier.round();
      expect(recorded.results).toBeUndefined();
      answer({ source: 'ninja', services: { observed: both } });
      await verifier.idle();
      expect(recorded.results?.map(({ result }) => result)).toEqual(['passed', 'passed']);
    });

    it.each([
      ['running', both, [0, 30, 60]],
      ['running', [], [0, 60, 120]],
      ['failed', [], [0, 300]],
    ] as const)('is asked about a %s verification no more than needed', async (verdict, services, expected) => {
      const { health, asked } = source({ services });
      const { verifier, time } = verifying({ check: [] }, { verdict }, T, { checks: [iis], health });
      const askedAt: number[] = [];
      for (let passed = 0; passed <= Math.max(...expected); passed += 30) {
        time.now = T + passed;
        await verifier.round();
        await verifier.idle();
        if (asked.splice(0).length > 0) askedAt.push(passed);
      }
      expect(askedAt).toEqual(expected);
    });

    describe('and what ran before', () => {
      const before = (observedAt: number) => [seen('W3SVC', { observedAt }), seen('WAS', { observedAt })];
      const conditional = [{ ...iis, onlyIfRunningBefore: true }];
      /** A window that opens while the source still says `was`, and the round after the return, when it says `now`. */
      const through = async (
        was: readonly ObservedHealth[],
        now: readonly ObservedHealth[],
        settings: Settings,
        answers: Answers = { check: [], checkBefore: [] },
      ) => {
        const { health, asked, answer } = source({ services: was });
        const all = { ...settings, health, isDown: true };
        const { verifier, recorded } = verifying(answers, {}, T, all);
        await verifier.round();
        await verifier.idle();
        await verifier.round();
        const askedWhileDown = asked.length;
        answer.services = now;
        all.isDown = false;
        await verifier.round();
        await verifier.idle();
        return {
          outcomes: recorded.results?.map(({ check, result }) => `${check} ${result}`),
          askedWhileDown,
          recorded,
        };
      };

      it('asks once while the device is down, and misses what ran before the install', async () => {
        const { outcomes: told, askedWhileDown } = await through(before(T - 700), [], { checks: conditional });
        expect(askedWhileDown).toBe(1);
        expect(told).toEqual(['boot_time passed', 'iis no_data']);
      });

      it('leaves out what was seen only after the install had begun, long ago, or stopped', async () => {
        for (const was of [before(T - 500), before(T - 100_000), [seen('W3SVC', { ...stopped, observedAt: T - 700 })]])
          expect((await through(was, both, { checks: conditional, baseline: false })).outcomes).toEqual([
            'boot_time passed',
          ]);
      });

      it('compares its list with what ran before, when that is wished and Prometheus knows no services', async () => {
        const settings = { checks: [], fromRmm: true };
        const quick = { state: 'good', observedAt: T - 700 } as const;
        const was = [...before(T - 700), seen('Manual', { ...quick, automatic: false }), seen('wuauserv', quick)];
        expect((await through(was, both, settings)).outcomes).toEqual(['boot_time passed', 'baseline passed']);
        const { recorded } = await through(was, [seen('W3SVC')], settings);
        expect(recorded.results).toContainEqual(expect.objectContaining({ result: 'failed', detail: 'not back: WAS' }));
        expect((await through(was, before(T - 700), settings)).outcomes).toContain('baseline no_data');
        const known = { steady: ['a.service'], running: ['a.service'] };
        const { askedWhileDown, outcomes: told } = await through(was, [], settings, known);
        expect([askedWhileDown, told]).toEqual([0, ['boot_time passed', 'baseline passed']]);
      });
    });
  });
});
