import type { Machine } from './machine.ts';
import { daysAgo, hoursAgo, minutesAgo } from './night.ts';
import { rebooting, returned } from './stories.ts';
import { installed, open, ref, updates } from './updates.ts';

const perOrganization = 300;
const perSite = 60;
const groups = ['Test', 'Accounting', 'Production', 'Web', 'Workstations'];

/** 3,000 machines in ten organizations; every tenth rebooted tonight, every hundredth is doing it now. */
export function largeFleet(source: string, count = 3000): readonly Machine[] {
  return Array.from({ length: count }, (_unused, index) => {
    const plain = toMachine(source, index);
    const patching = { patches: [ref(updates.server2022)], installedAt: minutesAgo(20 + (index % 7)) };
    if (index % 100 === 7) return rebooting({ ...patching, downAt: minutesAgo(1 + (index % 17)) })(plain);
    if (index % 10 !== 3) return plain;
    const downAt = hoursAgo(5) + ((index * 37) % 14_000);
    return returned({
      ...patching,
      installedAt: downAt - 300,
      downAt,
      backAt: downAt + 180 + ((index * 13) % 600),
      verdict: 'passed',
      checks: [],
    })(plain);
  });
}

function toMachine(source: string, index: number): Machine {
  const name = `srv-${String(index + 1).padStart(5, '0')}`;
  const organization = `org-${String(Math.floor(index / perOrganization) + 1).padStart(2, '0')}`;
  const done = index % 3 === 0;
  return {
    source,
    facts: {
      vendorId: name,
      organization,
      site: `Site ${String((Math.floor(index / perSite) % 5) + 1)}`,
      groups: [groups[index % groups.length] ?? 'Production'],
      tags: [],
      displayName: name.toUpperCase(),
      hostNames: [name],
      ipAddresses: [],
      instance: `${name}:9182`,
      os: { name: 'Windows Server 2022 Standard', build: '20348.4893', family: 'windows' },
      lastSeenAt: minutesAgo(2),
      lastBootAt: daysAgo(index % 30),
      rebootPending: index % 25 === 4,
      patches: [
        done ? installed(updates.server2022, hoursAgo(9)) : open(updates.server2022, 'missing', 1),
        ...(index % 11 === 0 ? [open(updates.february, 'missing', 27)] : []),
      ],
    },
    events: [],
    windows: [],
    ledger: [],
    outages: [],
    alerts: [],
  };
}
