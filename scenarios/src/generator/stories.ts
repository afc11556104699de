import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { DeviceDraft } from './draft.ts';

const minute = 60;

/** Writes what happens to one device around `at`. */
export type Story = (draft: DeviceDraft, at: UnixSeconds) => void;

/** What the night brings, each with its weight. */
export const stories: Readonly<Record<string, readonly [Story, number]>> = {
  'nothing happens': [() => undefined, 2],
  'patched without a reboot': [
    (draft, at) => {
      announce(draft, at);
    },
    1,
  ],
  'planned reboot': [planned, 6],
  'planned reboot that restarts twice': [restartsTwice, 2],
  'planned reboot that gets stuck': [stuck, 3],
  'install failed, then a crash': [installFailed, 1],
  'plan taken back, then a crash': [planTakenBack, 2],
  'unexplained outage': [unexplained, 3],
  'outage hours after the patch': [hoursAfter, 2],
  'flapping after the return': [flapping, 2],
  'returned with a dead service': [serviceDead, 2],
  'reboot that nobody ordered': [rogue, 1],
  'reboot pending for weeks, then a crash': [pendingForWeeks, 1],
};

/** Planned reboots one after the other until the daily cap refuses. */
export function capExhaustion(draft: DeviceDraft, at: UnixSeconds): void {
  let downAt = at;
  for (let round = 0; round < 3; round++) {
    draft.installed(downAt - minute);
    const upAt = downAt + draft.budgetSeconds * draft.random.between(0.6, 0.85);
    draft.outage(downAt, upAt, 'patch');
    downAt = upAt + 9 * minute;
  }
}

/** One of the ways in which a reboot is announced. */
function announce(draft: DeviceDraft, downAt: UnixSeconds): void {
  const { random } = draft;
  const way = random.pick(['installed', 'installed', 'started', 'pending', 'plan', 'operator', 'ordered']);
  if (way === 'pending') {
    draft.device.pendingSince = draft.startAt - random.between(1, 48) * 60 * minute;
    return;
  }
  if (way === 'operator') draft.route = 'operator';
  if (way === 'plan' || way === 'operator') {
    draft.planned({ from: downAt - 20 * minute, to: downAt + 60 * minute }, downAt - 30 * minute);
    return;
  }
  if (way === 'ordered') draft.rebootOrdered(downAt - random.between(15, 60));
  if (way === 'started' || random.chance(0.5)) draft.installStarted(downAt - random.between(8, 20) * minute);
  if (way === 'installed') draft.installed(downAt - random.between(0.5, 6) * minute);
}

function planned(draft: DeviceDraft, at: UnixSeconds): void {
  announce(draft, at);
  draft.outage(at, at + backInTime(draft), 'patch');
}

function backInTime({ random, budgetSeconds }: DeviceDraft): number {
  return random.between(1 * minute, budgetSeconds - 2.5 * minute);
}

function restartsTwice(draft: DeviceDraft, at: UnixSeconds): void {
  announce(draft, at);
  const upAt = at + Math.max(5 * minute, backInTime(draft));
  const from = draft.random.between(at + 90, upAt - 150);
  draft.outage(at, upAt, 'patch', { answers: [{ from, to: from + draft.random.between(12, 40) }] });
}

function stuck(draft: DeviceDraft, at: UnixSeconds): void {
  announce(draft, at);
  draft.outage(at, at + draft.budgetSeconds + draft.random.between(5, 20) * minute, 'patch');
}

function installFailed(draft: DeviceDraft, at: UnixSeconds): void {
  draft.installStarted(at - 12 * minute);
  draft.tell(at - 3 * minute, { type: 'patch.install.failed', data: { patches: [], code: '0x80070643' } });
  crash(draft, at);
}

/** It was ended or moved before the outage, and perhaps told once more by a sender that did not know. */
function planTakenBack(draft: DeviceDraft, at: UnixSeconds): void {
  const { random } = draft;
  const night = { from: at - 20 * minute, to: at + 60 * minute };
  const takenBackAt = at - random.between(3.5, 9) * minute;
  draft.route = random.pick(['rmm', 'api', 'operator']);
  const way = draft.route === 'operator' ? 'ended' : random.pick(['ended', 'ended, told again', 'moved']);
  draft.planned(night, at - 30 * minute);
  if (way === 'moved') draft.planned({ from: at + 90 * minute, to: at + 150 * minute }, takenBackAt);
  else draft.planEnded(takenBackAt);
  if (way === 'ended, told again') draft.planned(night, takenBackAt + minute);
  crash(draft, at);
}

function crash(draft: DeviceDraft, at: UnixSeconds): void {
  draft.outage(at, at + draft.random.between(6, 30) * minute, 'fault', { boots: draft.random.chance(0.6) });
}

function unexplained(draft: DeviceDraft, at: UnixSeconds): void {
  crash(draft, at);
}

function hoursAfter(draft: DeviceDraft, at: UnixSeconds): void {
  draft.installed(at - draft.random.between(2.2, 7) * 60 * minute);
  crash(draft, at);
}

function flapping(draft: DeviceDraft, at: UnixSeconds): void {
  planned(draft, at);
  const upAt = draft.device.outages.at(-1)?.upAt ?? at;
  crash(draft, upAt + draft.random.between(2.5, 10) * minute);
}

function serviceDead(draft: DeviceDraft, at: UnixSeconds): void {
  planned(draft, at);
  const upAt = draft.device.outages.at(-1)?.upAt ?? at;
  draft.device.unhealthy = { from: upAt, to: upAt + draft.random.between(13, 25) * minute };
}

function rogue(draft: DeviceDraft, at: UnixSeconds): void {
  const upAt = at + draft.random.between(6, 12) * minute;
  draft.outage(at, upAt, 'fault');
  draft.tell(upAt, { type: 'reboot.completed', data: { bootAt: upAt - 40 } });
}

function pendingForWeeks(draft: DeviceDraft, at: UnixSeconds): void {
  draft.device.pendingSince = draft.startAt - draft.random.between(8, 40) * 24 * 60 * minute;
  crash(draft, at);
}
