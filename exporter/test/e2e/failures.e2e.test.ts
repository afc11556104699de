import { describe, expect, it } from 'vitest';
import { scaled } from './support/scale.ts';
import { Stack, type StackOptions } from './support/stack.ts';

/** These stories stop whole programs, so each has a stack of its own. */
type OnFinished = (work: () => Promise<void>) => void;

async function startStack(onFinished: OnFinished, options: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await Stack.start({ devices: [{ name: 'srv01' }], controls: 1, ...options });
  onFinished(() => stack.stop());
  return stack;
}

/** A machine goes down for its patch reboot, something is restarted, and the machine comes back. */
async function restartInside(stack: Stack, restart: () => Promise<void> | undefined): Promise<readonly string[]> {
  const device = stack.device('srv01');
  await stack.reportPatchReboot(device);
  await device.target.down();
  await stack.alert(device, 'PostPatchReboot');
  await restart();
  await stack.watched();
  await stack.alert(device, 'PostPatchReboot');
  await stack.quietLongEnough(device);
  await stack.comeBack(device);
  await stack.windowReaches(device, 'returned');
  return stack.story(device);
}

function expectCleanPager({ pagerDuty }: Stack): void {
  expect(pagerDuty.open()).toEqual([]);
  expect(pagerDuty.refused()).toEqual([]);
}

describe('around a quiet window', () => {
  it.concurrent('nobody is paged when the exporter restarts', async ({ onTestFinished }) => {
    const stack = await startStack(onTestFinished);
    expect(await restartInside(stack, () => stack.exporters[0]?.restart())).toEqual([]);
    expectCleanPager(stack);
  });

  it.concurrent('nobody is paged when Alertmanager restarts', async ({ onTestFinished }) => {
    const stack = await startStack(onTestFinished);
    expect(await restartInside(stack, () => stack.alertmanagers[0]?.restart())).toEqual([]);
    expectCleanPager(stack);
  });

  it.concurrent('nobody is paged when Prometheus restarts', async ({ onTestFinished }) => {
    const stack = await startStack(onTestFinished);
    expect(await restartInside(stack, () => stack.prometheus.restart())).toEqual([]);
    expectCleanPager(stack);
  });

  it.concurrent('the page comes at the stored end when the exporter dies for good', async ({ onTestFinished }) => {
    const stack = await startStack(onTestFinished, {
      devices: [{ name: 'srv01', budgetSeconds: scaled.shortBudgetSeconds }],
    });
    const device = stack.device('srv01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.alert(device, 'PostPatchReboot');
    const window = await stack.windowReaches(device, 'open');
    await stack.exporters[0]?.kill();
    const page = await stack.page(device, 'PostPatchRebootOverdue');
    expect(page.openedAtUnixSeconds).toBeGreaterThanOrEqual(Date.parse(window.endsAt) / 1000);
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['PostPatchRebootOverdue']);
    expectCleanPager(stack);
  });

  it.concurrent(
    'two exporters and two Alertmanagers page as one, also when one exporter dies',
    async ({ onTestFinished }) => {
      const stack = await startStack(onTestFinished, {
        devices: [
          { name: 'planned01' },
          { name: 'stuck01', budgetSeconds: scaled.shortBudgetSeconds },
          { name: 'plain01' },
        ],
        replicated: true,
        controls: 3,
      });
      const [planned, stuck, plain] = ['planned01', 'stuck01', 'plain01'].map((name) => stack.device(name));
      if (planned === undefined || stuck === undefined || plain === undefined) throw new Error('three devices');
      await Promise.all([planned, stuck].map((device) => stack.reportPatchReboot(device)));
      await Promise.all([planned, stuck, plain].map(({ target }) => target.down()));
      await Promise.all([planned, stuck].map((device) => stack.windowOpened(device)));
      await stack.exporters[0]?.kill();

      await Promise.all([
        stack.page(plain, 'HostDown'),
        stack.page(stuck, 'PostPatchRebootOverdue'),
        stack.quietLongEnough(planned, 1),
      ]);
      await Promise.all([planned, stuck, plain].map((device) => stack.comeBack(device)));
      await stack.windowReaches(planned, 'returned', 1);
      const stories = await Promise.all([planned, stuck, plain].map((device) => stack.story(device)));
      expect(stories).toEqual([[], ['PostPatchRebootOverdue'], ['HostDown']]);
      expectCleanPager(stack);
    },
  );
});
