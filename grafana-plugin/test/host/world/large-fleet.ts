import type { OsFacts } from '../../../../exporter/src/domain/device.ts';
import type { DevicePatch } from '../../../../exporter/src/domain/patch.ts';
import type { CheckResult } from '../../../../exporter/src/domain/window.ts';
import { Random } from '../../../../scenarios/src/generator/random.ts';
import { customers } from './large-customers.ts';
import { aMachine, type Machine, type Place, withoutInstance } from './machine.ts';
import { daysAgo, hoursAgo, minutesAgo, nowUnixSeconds } from './night.ts';
import * as story from './stories.ts';
import { systems } from './systems.ts';
import { failed, installed, monthly, open, ref, type Update, updates } from './updates.ts';

const { server2022, server2019, windows11, debian } = systems;

type Role = readonly [prefix: string, group: string, os: OsFacts];

/** What the machines of a customer do, each as often as its weight says. */
const roles: readonly (readonly [Role, number])[] = [
  [['dc', 'Domain controllers', server2022], 4],
  [['fs', 'File servers', server2022], 5],
  [['sql', 'SQL', server2019], 5],
  [['app', 'Production', server2022], 14],
  [['web', 'Web', server2022], 6],
  [['rds', 'Terminal servers', server2019], 5],
  [['lin', 'Production', debian], 11],
  [['wks', 'Workstations', windows11], 50],
];

type Happening = (machine: Machine, random: Random) => Machine;

/** What the night brings, each as often as its weight says; most machines have a quiet one. */
const happenings: readonly (readonly [Happening, number])[] = [
  [(machine) => machine, 800],
  [(machine, random) => cameBack(machine, random, 'passed'), 100],
  [(machine, random) => cameBack(machine, random, 'not_run'), 8],
  [(machine, random) => cameBack(machine, random, 'failed', random.integer(60, 300)), 3],
  [(machine, random) => cameBack(machine, random, 'running', random.integer(2, 5)), 4],
  [
    (machine, random) =>
      story.rebooting({ ...patching(machine, random.integer(20, 27)), downAt: minutesAgo(random.integer(1, 18)) })(
        machine,
      ),
    12,
  ],
  [(machine, random) => ranOut(machine, random.integer(32, 200)), 3],
  [(machine, random) => worked(machine, -random.integer(5, 110), random), 6],
  [(machine, random) => worked(machine, random.integer(30, 1_500), random), 25],
  [
    (machine, random) =>
      story.installFailed(minutesAgo(random.integer(30, 600)), patching(machine, 0).patches, '0x800f0922')(machine),
    20,
  ],
  [
    (machine, random) =>
      story.downUnexplained(
        minutesAgo(random.integer(1, 300)),
        random.pick(['no_evidence', 'no_evidence', 'evidence_spent', 'source_stale']),
      )(machine),
    6,
  ],
  [
    (machine, random) => {
      const from = minutesAgo(random.integer(60, 600));
      return story.wasDown({ from, to: from + random.integer(200, 3_000) }, 'no_evidence')(machine);
    },
    10,
  ],
  [withoutInstance, 12],
];

/** 3,000 machines of twenty-four customers, from one with 640 to one with eight, in the middle of a patch night. */
export function largeFleet(source: string): readonly Machine[] {
  return customers.flatMap(({ organization, short, sites, devices }) =>
    Array.from({ length: devices }, (_unused, index) => {
      const random = new Random('large', organization, index);
      // The first sites are the large ones.
      const site = sites[Math.floor(random.next() ** 2 * sites.length)] ?? '';
      const happening = random.weighted(happenings) ?? withoutInstance;
      return happening(toMachine(source, `${short}-`, index, { organization, site }, random), random);
    }),
  );
}

function toMachine(source: string, prefix: string, index: number, place: Place, random: Random): Machine {
  const [kind, group, os] = random.weighted(roles) ?? (['app', 'Production', server2022] as const);
  const name = `${prefix}${kind}${String(index + 1).padStart(3, '0')}`;
  const waits = random.chance(0.04);
  const boot = daysAgo(random.integer(1, 34));
  const machine = aMachine(source, name, place, os, random.chance(0.08) ? [group, 'Test'] : [group], {
    lastBootAt: boot,
    rebootPending: waits,
    patches: random.chance(0.02) ? [] : patchesOf(os, random),
  });
  return waits ? { ...machine, rebootPendingSince: boot + random.integer(3_600, 80_000) } : machine;
}

function patchesOf(os: OsFacts, random: Random): readonly DevicePatch[] {
  const march = marchOf(os);
  const current = random.chance(0.45)
    ? installed(march, hoursAgo(random.integer(3, 30)))
    : open(march, random.chance(0.6) ? 'approved' : 'missing', 1);
  if (os === debian) return random.chance(0.3) ? [current, open(updates.kernel, 'missing', 4)] : [current];
  const others = monthly.filter(() => random.chance(0.05));
  return [
    current,
    ...others.map((update) => open(update, random.chance(0.1) ? 'unknown' : 'missing', random.integer(2, 200))),
    ...(random.chance(0.1) ? [open(updates.driver, 'missing', random.integer(20, 300))] : []),
    ...(random.chance(0.02) ? [failed(updates.dotnet, hoursAgo(random.integer(1, 40)))] : []),
  ];
}

function marchOf(os: OsFacts): Update {
  if (os === debian) return updates.openssl;
  if (os === windows11) return updates.windows11;
  return os === server2019 ? updates.server2019 : updates.server2022;
}

const patching = ({ facts }: Machine, minutes: number): story.Patching => ({
  patches: [ref(marchOf(facts.os ?? server2022))],
  installedAt: minutesAgo(minutes),
});

function cameBack(
  machine: Machine,
  random: Random,
  verdict: story.Return['verdict'],
  backMinutesAgo = random.integer(15, 640),
): Machine {
  const downMinutes = random.integer(3, 20);
  const at = minutesAgo(backMinutesAgo) + 340;
  const isWell = verdict === 'passed' || verdict === 'not_run';
  // The exporter checks again what has failed: only checks that it knows stay failed.
  const known = isWell
    ? machine
    : { ...machine, facts: { ...machine.facts, groups: [...machine.facts.groups, 'Web'] } };
  const passed: CheckResult = { check: 'windows-exporter', result: 'passed', detail: 'up is 1', at };
  const stopped: CheckResult = { check: 'iis', result: 'no_data', detail: 'the query returned nothing', at };
  return story.returned({
    ...patching(machine, backMinutesAgo + downMinutes + 5),
    downAt: minutesAgo(backMinutesAgo + downMinutes),
    backAt: minutesAgo(backMinutesAgo),
    verdict,
    checks: verdict === 'not_run' ? [] : isWell ? [passed] : [passed, stopped],
  })(known);
}

function ranOut(machine: Machine, downMinutes: number): Machine {
  return story.overdue({ ...patching(machine, downMinutes + 6), downAt: minutesAgo(downMinutes) })(machine);
}

/** Maintenance that begins so many minutes from now. */
function worked(machine: Machine, startMinutes: number, random: Random): Machine {
  const start = nowUnixSeconds + startMinutes * 60;
  return story.maintenance({
    id: `plan-${machine.facts.vendorId}`,
    start,
    end: start + 7_200,
    reason: random.pick(['monthly maintenance', 'storage firmware', 'migration to the new cluster']),
    owner: random.pick(['schedule:third-tuesday', 'token:grafana user:dana']),
  })(machine);
}
