import { describe, expect, it } from 'vitest';
import { Counter } from '../tally.ts';
import { RebootFlag } from './reboot-flag.ts';

const boot = 1_786_000_000;
const agentId = 'agent';

describe('needs_reboot', () => {
  it.each([
    ['false is believed', { needsReboot: false }, false, {}],
    ['missing is unknown', { needsReboot: null }, undefined, {}],
    ['with an install after the boot is believed', { lastInstallAt: boot + 60 }, true, {}],
    ['with an install before the boot is stale', { lastInstallAt: boot - 60 }, false, { 'device.reboot_stale': 1 }],
    ['without an install proves nothing', {}, undefined, { 'device.reboot_unproven': 1 }],
    ['without a boot time proves nothing', { lastBootAt: undefined }, undefined, { 'device.reboot_unproven': 1 }],
  ])('%s', (_what, facts, expected, counted) => {
    const dropped = new Counter();
    const base = { agentId, needsReboot: true, lastBootAt: boot, lastInstallAt: undefined };
    expect(new RebootFlag().judge({ ...base, ...facts }, dropped)).toBe(expected);
    expect(dropped.toTally()).toEqual(counted);
  });

  it('that appears under a boot that did not need one is believed until the next boot', () => {
    const flag = new RebootFlag();
    const judge = (needsReboot: boolean, lastBootAt: number) =>
      flag.judge({ agentId, needsReboot, lastBootAt, lastInstallAt: boot - 86_400 }, new Counter());
    expect(judge(false, boot)).toBe(false);
    expect(judge(true, boot + 1)).toBe(true);
    expect(judge(true, boot + 7200)).toBe(false);
  });

  it('of an agent that was gone has to be proven anew', () => {
    const flag = new RebootFlag();
    const facts = { agentId, lastBootAt: boot, lastInstallAt: undefined };
    flag.judge({ ...facts, needsReboot: false }, new Counter());
    flag.keepOnly(new Set());
    expect(flag.judge({ ...facts, needsReboot: true }, new Counter())).toBeUndefined();
  });
});
