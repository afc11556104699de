import { afterEach, beforeEach, expect, it } from 'vitest';
import { aDevice, aWindow } from '../../test/support/builders.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { startVerification } from '../domain/verification.ts';
import type { SilenceWindow, VerificationVerdict } from '../domain/window.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { restoreWindows } from './restore-windows.ts';

const T = 1_780_000_000;
const day = 24 * 3600;
const device = aDevice();
const clock = { now: () => T };
let store: PatchStore;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

function newFleet(): Fleet {
  const fleet = new Fleet({
    clock,
    sources: new SourceBoard(),
    policy: () => defaultPolicy.compliance,
    perOrganization: () => true,
  });
  fleet.restore([device], 1);
  return fleet;
}

/** A quiet window that ended `days` ago. */
function ended(days: number, verdict: VerificationVerdict): SilenceWindow {
  const closedAt = T - days * day;
  return aWindow({
    id: `${verdict}-${String(days)}`,
    device: device.key,
    organization: device.facts.organization,
    openedAt: closedAt - 600,
    endsAt: closedAt + 600,
    closedAt,
    outcome: 'returned',
    verification: { ...startVerification(closedAt, defaultPolicy.verification), verdict },
  });
}

it.each([
  ['a failed verification of long ago', [ended(40, 'failed')], 'failed'],
  ['one that failed again', [ended(40, 'failed'), ended(30, 'passed'), ended(20, 'failed')], 'failed'],
  ['one that a later window superseded, itself long over', [ended(40, 'failed'), ended(30, 'passed')], undefined],
  ['one that a window of today superseded', [ended(40, 'failed'), ended(0.9, 'passed')], 'passed'],
  ['one that passed two days ago', [ended(2, 'passed')], undefined],
])('tells after a restart what it told before: %s', async (_what, windows, expected) => {
  await store.recordDecisions(windows, []);
  const live = newFleet();
  live.putWindows(windows);
  live.refresh(1);
  const restarted = newFleet();
  await restoreWindows({ clock, store, fleet: restarted });
  for (const fleet of [live, restarted]) {
    expect(fleet.get(device.key)?.quiet?.verification?.verdict).toBe(expected);
  }
});
