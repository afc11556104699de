import { describe, expect, it } from 'vitest';
import { createManualClock } from './clock.ts';
import { createDice } from './dice.ts';
import type { Fleet } from './fleet.ts';
import { createFleet } from './fleet.ts';
import { createRows } from './rows.ts';
import { reportPage, START, startSimulator } from './test-client.ts';

function makeFleet(seed: number, devices: number, organizations = 20) {
  const dice = createDice(seed);
  const clock = createManualClock(START);
  const fleet = createFleet({ dice, clock, devices, organizations });
  return { fleet, rows: createRows(fleet, dice, () => clock.now()) };
}

const every = (fleet: Fleet) => Array.from({ length: fleet.size }, (_, index) => fleet.identity(index));
const shareOf = <T>(items: readonly T[], test: (item: T) => boolean) => items.filter(test).length / items.length;

describe('determinism', () => {
  const snapshot = (seed: number) => {
    const { fleet, rows } = makeFleet(seed, 200);
    return every(fleet).map((device) => [rows.deviceDetailed(device), fleet.pending(device), fleet.installs(device)]);
  };

  it('gives the same fleet for the same seed and another one for another', () => {
    expect(snapshot(7)).toEqual(snapshot(7));
    expect(snapshot(7)).not.toEqual(snapshot(8));
  });

  it('does not depend on the order of asking', () => {
    const { fleet } = makeFleet(7, 200);
    const backwards = every(fleet)
      .reverse()
      .map(({ index }) => fleet.identity(index));
    expect(backwards.reverse()).toEqual(every(makeFleet(7, 200).fleet));
  });
});

describe('quirks of the field', () => {
  const { fleet, rows } = makeFleet(1, 5_000);
  const devices = every(fleet);
  const installs = devices.flatMap(fleet.installs);
  const pending = devices.flatMap(fleet.pending);

  it('leaves 89 % of the install rows without a type and 1.2 % of the installed ones without a date', () => {
    expect(shareOf(installs, ({ type }) => type === 'UNKNOWN')).toBeCloseTo(0.89, 1);
    const undated = shareOf(
      installs.filter(({ status }) => status === 'INSTALLED'),
      ({ installedAt }) => installedAt === undefined,
    );
    expect(undated).toBeGreaterThan(0.008);
    expect(undated).toBeLessThan(0.016);
  });

  it('dates a few installs to 2010 and all others to the last months', () => {
    const years = installs.flatMap(({ installedAt }) =>
      installedAt === undefined ? [] : [new Date(installedAt * 1000).getUTCFullYear()],
    );
    expect(new Set(years)).toEqual(new Set([2010, 2025]));
    expect(shareOf(years, (year) => year === 2010)).toBeLessThan(0.01);
  });

  it('spells KB numbers in two ways and gives drivers none', () => {
    const drivers = pending.filter(({ type }) => type === 'DRIVER_UPDATES');
    expect(drivers.length).toBeGreaterThan(1_000);
    expect(drivers.every(({ kbNumber }) => kbNumber === undefined)).toBe(true);
    const kbs = pending.flatMap(({ kbNumber }) => kbNumber ?? []);
    expect(kbs.some((kb) => /^KB\d{7}$/.test(kb))).toBe(true);
    expect(kbs.some((kb) => /^\d{7}$/.test(kb))).toBe(true);
  });

  it('never calls a pending patch failed, and mixes the case of severities', () => {
    expect(new Set(pending.map(({ status }) => status))).toEqual(
      new Set(['MANUAL', 'APPROVED', 'DELAYED', 'REJECTED']),
    );
    const severities = new Set(pending.map(({ severity }) => severity));
    expect(severities).toContain('CRITICAL');
    expect(severities).toContain('critical');
  });

  it('reports no pending patches for offline devices', () => {
    const offline = devices.filter((device) => fleet.state(device).offline);
    expect(offline.length).toBeGreaterThan(50);
    expect(offline.flatMap(fleet.pending)).toEqual([]);
  });

  it('has targets with a display name only, null lists and host names shared by organizations', () => {
    const detailed = devices.map(rows.deviceDetailed);
    expect(detailed.some(({ systemName, dnsName }) => systemName === undefined && dnsName === undefined)).toBe(true);
    expect(detailed.some(({ tags }) => tags === null)).toBe(true);
    expect(detailed.some(({ ipAddresses }) => ipAddresses === null)).toBe(true);
    const names = devices.flatMap(({ systemName }) => systemName ?? []);
    expect(new Set(names).size).toBeLessThan(names.length);
  });

  it('gives every organization a device and lets some grow large', () => {
    const sizes = new Map<number, number>();
    for (const { organizationIndex } of devices) sizes.set(organizationIndex, (sizes.get(organizationIndex) ?? 0) + 1);
    expect(sizes.size).toBe(20);
    expect(Math.max(...sizes.values())).toBeGreaterThan(5 * Math.min(...sizes.values()));
  });
});

describe('size', () => {
  it('serves pages from the end of a fleet of 50,000', async () => {
    const { get } = await startSimulator({ devices: 50_000, organizations: 400 });
    const last = (await get('/v2/devices-detailed?after=50900&pageSize=500')).rows();
    expect(last.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, n) => 50_901 + n));
    expect(reportPage(await get('/v2/queries/os-patches?pageSize=5000')).results).toHaveLength(5_000);
    expect((await get('/v2/devices?df=org=401&pageSize=100000')).rows().length).toBeGreaterThan(0);
  });
});
