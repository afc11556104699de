import type { DeviceFacts, OsFacts } from '../../../../exporter/src/domain/device.ts';
import type { CheckResult } from '../../../../exporter/src/domain/window.ts';
import { aMachine, type Machine, type Place, withoutInstance } from './machine.ts';
import { daysAgo, hoursAgo, minutesAgo } from './night.ts';
import * as story from './stories.ts';
import { systems } from './systems.ts';
import { failed, installed, open, ref, updates } from './updates.ts';

/** A source that answers, and one that has not since yesterday. */
export const demoSources = { answering: 'rmm', down: 'ninja-oakfield' } as const;

const { server2022, server2019, windows11, debian } = systems;

const rotterdam: Place = { organization: 'harbor-logistics', site: 'Rotterdam' };
const gdansk: Place = { organization: 'harbor-logistics', site: 'Gdansk' };
const mainStreet: Place = { organization: 'meridian-clinic', site: 'Main Street' };
const riverside: Place = { organization: 'meridian-clinic', site: 'Riverside' };
const campus: Place = { organization: 'oakfield-school', site: 'Campus' };

function machine(
  name: string,
  place: Place,
  os: OsFacts,
  groups: readonly string[],
  facts: Partial<DeviceFacts> = {},
): Machine {
  return place === campus
    ? aMachine(demoSources.down, name, place, os, groups, { lastSeenAt: hoursAgo(27), ...facts })
    : aMachine(demoSources.answering, name, place, os, groups, facts);
}

function tell(start: Machine, ...stories: ((machine: Machine) => Machine)[]): Machine {
  return stories.reduce((known, next) => next(known), start);
}

const check = (name: string, result: CheckResult['result'], detail: string, at: number): CheckResult => ({
  check: name,
  result,
  detail,
  at,
});

const march2022 = [ref(updates.server2022), ref(updates.dotnet)];
const march2019 = [ref(updates.server2019)];

/** Servers with a story of their own tonight. */
function actors(): readonly Machine[] {
  return [
    tell(
      machine('hl-dc01', rotterdam, server2022, ['Domain controllers'], {
        tags: ['dc'],
        lastBootAt: daysAgo(28),
        patches: [installed(updates.server2022, minutesAgo(15)), installed(updates.dotnet, minutesAgo(15))],
        rebootPending: true,
      }),
      story.rebooting({ patches: march2022, installedAt: minutesAgo(15), downAt: minutesAgo(7), budgetMinutes: 45 }),
    ),
    tell(
      machine('hl-app02', rotterdam, server2022, ['Production'], {
        parentVendorId: 'hl-hv01',
        patches: [installed(updates.server2022, minutesAgo(29)), open(updates.sql, 'missing', 20)],
        rebootPending: true,
      }),
      story.rebooting({ patches: [ref(updates.server2022)], installedAt: minutesAgo(29), downAt: minutesAgo(24) }),
    ),
    tell(
      machine('hl-sql01', rotterdam, server2019, ['Production', 'SQL'], {
        parentVendorId: 'hl-hv01',
        patches: [installed(updates.server2019, minutesAgo(58)), installed(updates.sql, minutesAgo(58))],
        rebootPending: true,
      }),
      story.overdue({
        patches: [ref(updates.server2019), ref(updates.sql)],
        installedAt: minutesAgo(58),
        downAt: minutesAgo(52),
      }),
    ),
    tell(
      machine('mc-exch01', mainStreet, server2019, ['Production', 'Exchange'], {
        lastBootAt: minutesAgo(39),
        patches: [installed(updates.server2019, minutesAgo(62)), installed(updates.exchange, minutesAgo(62))],
      }),
      story.returned({
        patches: [ref(updates.server2019), ref(updates.exchange)],
        installedAt: minutesAgo(62),
        downAt: minutesAgo(55),
        backAt: minutesAgo(38),
        verdict: 'failed',
        checks: [
          check('windows-exporter', 'passed', 'up is 1', minutesAgo(1)),
          check('exchange-transport', 'failed', 'service MSExchangeTransport is stopped', minutesAgo(1)),
          check('exchange-owa', 'no_data', 'the query returned nothing', minutesAgo(1)),
        ],
      }),
    ),
    tell(
      machine('mc-web01', mainStreet, server2022, ['Web', 'Production'], {
        lastBootAt: minutesAgo(72),
        patches: [installed(updates.server2022, minutesAgo(85))],
      }),
      story.returned({
        patches: [ref(updates.server2022)],
        installedAt: minutesAgo(85),
        downAt: minutesAgo(78),
        backAt: minutesAgo(71),
        verdict: 'passed',
        checks: [
          check('windows-exporter', 'passed', 'up is 1', minutesAgo(65)),
          check('iis', 'passed', 'service W3SVC is running', minutesAgo(65)),
        ],
      }),
    ),
    tell(
      machine('mc-web02', mainStreet, server2022, ['Web', 'Production'], {
        lastBootAt: minutesAgo(4),
        patches: [installed(updates.server2022, minutesAgo(20))],
      }),
      story.returned({
        patches: [ref(updates.server2022)],
        installedAt: minutesAgo(20),
        downAt: minutesAgo(12),
        backAt: minutesAgo(3),
        verdict: 'running',
        checks: [
          check('windows-exporter', 'passed', 'up is 1', minutesAgo(1)),
          check('iis', 'failed', 'service W3SVC is starting', minutesAgo(1)),
        ],
      }),
    ),
    tell(
      machine('hl-fs01', gdansk, server2022, ['Production', 'File servers'], {
        patches: [open(updates.server2022, 'approved', 1), open(updates.dotnet, 'approved', 1)],
      }),
      story.maintenance({
        id: 'plan-hl-fs01',
        start: minutesAgo(-47.5),
        end: minutesAgo(-107.5),
        reason: 'storage firmware',
        owner: 'token:grafana user:dana',
      }),
    ),
    tell(
      machine('mc-rds01', riverside, server2019, ['Production', 'Terminal servers'], {
        patches: [open(updates.server2019, 'installing', 1)],
      }),
      story.maintenance({
        id: 'plan-mc-rds01',
        start: minutesAgo(32.5),
        end: minutesAgo(-27.5),
        reason: 'profile disk migration',
        owner: 'token:grafana user:dana',
      }),
    ),
    tell(
      machine('hl-print01', gdansk, server2019, ['Test'], {
        patches: [failed(updates.server2019, minutesAgo(130)), open(updates.february, 'missing', 27)],
      }),
      story.installFailed(minutesAgo(130), march2019, '0x80070643'),
    ),
    tell(
      machine('hl-hr01', gdansk, server2022, ['Accounting'], { patches: [open(updates.server2022, 'missing', 1)] }),
      story.downUnexplained(minutesAgo(18), 'no_evidence'),
    ),
    tell(
      machine('mc-lab03', riverside, windows11, ['Workstations'], {
        patches: [installed(updates.windows11, minutesAgo(150))],
        lastBootAt: minutesAgo(112),
      }),
      story.endedEarly(
        {
          patches: [ref(updates.windows11)],
          installedAt: minutesAgo(150),
          downAt: minutesAgo(140),
          backAt: minutesAgo(112),
          verdict: 'not_run',
          checks: [],
        },
        'cancelled',
        'token:grafana user:dana',
        'the lab needs this machine, please page',
      ),
      story.wasDown({ from: minutesAgo(100), to: minutesAgo(92) }, 'evidence_spent'),
    ),
  ];
}

/** Machines that wait for something. */
function waiting(): readonly Machine[] {
  const pending = (name: string, place: Place, since: number, os = server2022): Machine => ({
    ...machine(name, place, os, ['Production'], {
      rebootPending: true,
      patches: [installed(os === debian ? updates.kernel : updates.server2022, since - 600)],
    }),
    rebootPendingSince: since,
    events: [
      {
        at: since - 600,
        body: {
          type: 'patch.installed',
          data: { patches: [ref(os === debian ? updates.kernel : updates.server2022)], rebootRequired: true },
        },
      },
      { at: since, body: { type: 'reboot.pending', data: { reason: 'updates' } } },
    ],
  });
  return [
    pending('hl-app03', rotterdam, hoursAgo(2)),
    pending('mc-nas01', riverside, daysAgo(2.2), debian),
    pending('hl-edi01', gdansk, daysAgo(9.1)),
    machine('hl-sql02', gdansk, server2019, ['Production', 'SQL'], {
      patches: [
        open(updates.february, 'missing', 27),
        open(updates.sql, 'missing', 20),
        open(updates.server2019, 'missing', 1),
      ],
    }),
    machine('mc-pacs01', mainStreet, server2019, ['Production'], {
      patches: [open(updates.february, 'rejected', 27), open(updates.server2019, 'unknown', 1)],
    }),
  ];
}

/** Machines whose `instance` nobody knows, or too many do. */
function unmatched(): readonly Machine[] {
  const without = (name: string, place: Place): Machine =>
    withoutInstance(machine(name, place, windows11, ['Workstations']));
  const twin = { instance: 'mc-kiosk:9182' };
  return [
    without('hl-laptop17', rotterdam),
    without('mc-cart02', riverside),
    machine('mc-kiosk-a', mainStreet, windows11, ['Kiosks'], twin),
    machine('mc-kiosk-b', mainStreet, windows11, ['Kiosks'], twin),
  ];
}

/** The first wave, done by midnight, every machine of it verified. */
function testWave(): readonly Machine[] {
  return Array.from({ length: 8 }, (_unused, index) => {
    const place = [rotterdam, gdansk, mainStreet, riverside][index % 4] ?? rotterdam;
    const prefix = place.organization === 'harbor-logistics' ? 'hl' : 'mc';
    const downAt = hoursAgo(4) + index * 340;
    const backAt = downAt + 220 + ((index * 97) % 300);
    const checks = [check('windows-exporter', 'passed', 'up is 1', backAt + 340)];
    return tell(
      machine(`${prefix}-test0${String(index + 1)}`, place, server2022, ['Test'], {
        lastBootAt: backAt - 50,
        patches: [installed(updates.server2022, downAt - 400), installed(updates.removal, downAt - 400)],
      }),
      story.returned({
        patches: march2022,
        installedAt: downAt - 400,
        downAt,
        backAt,
        verdict: index === 5 ? 'not_run' : 'passed',
        checks: index === 5 ? [] : checks,
      }),
    );
  });
}

/** Everyday machines, some patched and some not. */
function rest(): readonly Machine[] {
  const plain = (name: string, place: Place, os: OsFacts, group: string, index: number): Machine => {
    const march = os === debian ? updates.openssl : os === windows11 ? updates.windows11 : updates.server2022;
    const patches =
      index % 3 === 0
        ? [installed(march, hoursAgo(20 + index))]
        : [open(march, index % 3 === 1 ? 'approved' : 'missing', 1)];
    return machine(name, place, os, [group], {
      patches:
        index % 4 === 3 && os !== debian
          ? [...patches, open(updates.february, 'missing', 20 + index)]
          : index % 5 === 0
            ? [...patches, open(updates.driver, 'missing', 40)]
            : patches,
      lastBootAt: daysAgo(1 + (index % 25)),
    });
  };
  const many = (prefix: string, count: number, place: Place, os: OsFacts, group: string): Machine[] =>
    Array.from({ length: count }, (_unused, index) =>
      plain(`${prefix}${String(index + 1).padStart(2, '0')}`, place, os, group, index),
    );
  return [
    machine('hl-hv01', rotterdam, server2022, ['Hypervisors'], {
      patches: [installed(updates.server2022, daysAgo(0.9))],
    }),
    ...many('hl-wks', 6, rotterdam, windows11, 'Workstations'),
    ...many('hl-acc', 4, gdansk, windows11, 'Accounting'),
    ...many('hl-lin', 4, gdansk, debian, 'Web'),
    ...many('mc-wks', 6, mainStreet, windows11, 'Workstations'),
    ...many('mc-lin', 3, riverside, debian, 'Production'),
    ...many('oak-srv', 3, campus, server2022, 'Production'),
    ...many('oak-lab', 5, campus, windows11, 'Workstations'),
  ];
}

/** About sixty machines of three organizations in the middle of a patch night. */
export function demoFleet(): readonly Machine[] {
  return [...actors(), ...waiting(), ...unmatched(), ...testWave(), ...rest()];
}
