import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../domain/device.ts';
import type { DomainEvent } from '../../domain/event.ts';
import { collectEvidence } from '../../domain/evidence.ts';
import { foldEvent } from '../../domain/fold.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import { createReadCounters } from '../tally.ts';
import { HostSeries, type FactName } from './host-series.ts';
import { mapHost } from './mapper.ts';

const at = 1_786_442_060;

type Series = Readonly<Record<string, number | readonly (readonly [Readonly<Record<string, string>>, number])[]>>;

/** Facts of a host that has these series, booted a day ago unless they say otherwise. */
function facts(all: Series, kured?: number) {
  const series = new HostSeries();
  for (const [name, told] of Object.entries({ node_boot_time_seconds: at - 86_400, ...all })) {
    const rows = typeof told === 'number' ? [[{}, told] as const] : told;
    for (const [labels, value] of rows) series.add({ labels: { __name__: name as FactName, ...labels }, at, value });
  }
  const counters = createReadCounters();
  const target = { organization: 'acme', instance: 'web-1:9100', labels: {}, lastSeenAt: at };
  const host = { series, at, maxFactAgeSeconds: 3600, maxMetadataAgeSeconds: 86_400, counters };
  const mapped = mapHost(target, host, { groupLabels: [] }, () => kured);
  return { ...mapped, dropped: counters.dropped.toTally(), unknownWords: counters.unknownWords.toTally() };
}

const file = (name: string, age: number) =>
  ({ node_textfile_mtime_seconds: [[{ file: `/t/${name}` }, at - age]] }) as const;
const agent = (age: number) => ({
  ...file('patchhaven.prom', age),
  patchhaven_host_generated_timestamp_seconds: at - age,
  patchhaven_host_check_success: [[{ check: 'updates' }, 1]] as const,
  patchhaven_host_metadata_timestamp_seconds: at - 3600,
});

describe('a pending reboot', () => {
  const community = (age: number, value = 1) => ({ ...file('apt.prom', age), node_reboot_required: value });
  it.each<[string, Series, number | undefined, boolean | undefined]>([
    ['our agent says so', { ...agent(60), patchhaven_host_reboot_required: 1 }, undefined, true],
    ['our agent says no', { ...agent(60), patchhaven_host_reboot_required: 0 }, undefined, false],
    ['our agent cannot tell', agent(60), undefined, undefined],
    ['our agent said so two hours ago', { ...agent(7200), patchhaven_host_reboot_required: 1 }, undefined, undefined],
    ['a fresh textfile says so', community(60), undefined, true],
    ['a stale textfile says so', community(3601), undefined, undefined],
    ['a textfile of unknown age says so', { node_reboot_required: 1 }, undefined, undefined],
    ['a textfile from the future says so', community(-301), undefined, undefined],
    [
      'one of two files is stale',
      {
        ...community(60),
        ...{
          node_textfile_mtime_seconds: [
            [{ file: 'apt.prom' }, at - 9],
            [{ file: 'apt_info.prom' }, at - 9999],
          ],
        },
      },
      undefined,
      undefined,
    ],
    [
      'the exporter could not read a textfile',
      { ...community(60), node_textfile_scrape_error: 1 },
      undefined,
      undefined,
    ],
    ['the value is neither 0 nor 1', community(60, 2), undefined, undefined],
    ['kured says so', {}, 1, true],
    ['kured and a textfile contradict each other', community(60, 0), 1, undefined],
    ['the file is older than the boot', { ...community(600), node_boot_time_seconds: at - 300 }, undefined, undefined],
    [
      'our agent spoke before the boot',
      { ...agent(600), patchhaven_host_reboot_required: 1, node_boot_time_seconds: at - 300 },
      undefined,
      undefined,
    ],
    ['nobody says anything', {}, undefined, undefined],
  ])('when %s', (_what, series, kured, expected) => {
    expect(facts(series, kured).rebootPending).toBe(expected);
  });

  it('counts why it does not believe', () => {
    expect(facts({ ...community(600), node_boot_time_seconds: at - 300 }).dropped).toEqual({ 'reboot.before_boot': 1 });
    expect(facts(community(60, 0), 1).unknownWords).toEqual({ 'device.reboot_contradiction': 1 });
    expect(facts({ ...community(60), node_textfile_scrape_error: 1 }).dropped).toEqual({
      'textfile.scrape_error': 1,
      'textfile.stale': 1,
    });
  });
});

describe('updates', () => {
  const ids = (series: Series) => facts(series).patches?.map(({ id, status }) => `${id} ${status}`);
  it.each<[string, Series, readonly string[] | undefined]>([
    ['nothing is scraped', {}, undefined],
    ['our agent lists none', agent(60), []],
    ['our agent is stale', agent(3601), undefined],
    [
      'our agent could not look',
      { ...agent(60), patchhaven_host_check_success: [[{ check: 'updates' }, 0]] },
      ['updates-unknown unknown'],
    ],
    ['our agent lists only some', { ...agent(60), patchhaven_host_updates_unlisted: 9 }, ['updates-unlisted unknown']],
    [
      'the package lists are old',
      { ...agent(60), patchhaven_host_metadata_timestamp_seconds: at - 86_401 },
      ['updates-stale unknown'],
    ],
    [
      'an update is installed and missing again',
      {
        ...agent(60),
        patchhaven_host_update_info: [[{ update: 'curl', status: 'missing' }, 1]],
        patchhaven_host_installed_timestamp_seconds: [[{ update: 'curl' }, at - 99]],
      },
      ['curl missing'],
    ],
    [
      'apt.sh counts none and does not say how old its lists are',
      { ...file('apt.prom', 60), apt_upgrades_pending: 0 },
      ['updates-stale unknown'],
    ],
    [
      'apt_info.py counts none',
      { ...file('apt.prom', 60), apt_upgrades_pending: 0, apt_package_cache_timestamp_seconds: at - 60 },
      [],
    ],
    ['yum.sh counts none', { ...file('yum.prom', 60), yum_upgrades_pending: 0 }, ['updates-unknown unknown']],
    [
      'yum.sh counts some',
      { ...file('yum.prom', 60), yum_upgrades_pending: [[{ origin: 'baseos' }, 2]] },
      ['yum:baseos missing'],
    ],
    ['dnf counters are stale', { ...file('dnf.prom', 9999), dnf_upgrades_pending: 3 }, undefined],
    ['windows_exporter lists none', { windows_update_scrape_timestamp_seconds: at - 3600 }, []],
    ['windows_exporter has not looked for a day', { windows_update_scrape_timestamp_seconds: at - 86_400 }, undefined],
    [
      'an older windows_exporter lists one',
      {
        windows_updates_scrape_timestamp_seconds: at - 60,
        windows_updates_pending_info: [[{ title: 'Update (KB5041160)', severity: 'Odd' }, 1]],
      },
      ['KB5041160 missing'],
    ],
  ])('when %s', (_what, series, expected) => {
    expect(ids(series)).toEqual(expected);
  });
});

describe('the boot', () => {
  it.each<[Series, number | undefined]>([
    [{ windows_system_boot_time_timestamp: at - 5, node_boot_time_seconds: [] }, at - 5],
    [{ windows_system_boot_time_timestamp_seconds: at - 6, node_boot_time_seconds: [] }, at - 6],
    [{ windows_system_system_up_time: at - 7, node_boot_time_seconds: [] }, at - 7],
    [{ windows_system_system_up_time: 86_400, node_boot_time_seconds: [] }, undefined],
    [{ ...agent(60), patchhaven_host_boot_timestamp_seconds: at - 8, node_boot_time_seconds: [] }, at - 8],
    [{ ...agent(9999), patchhaven_host_boot_timestamp_seconds: at - 8, node_boot_time_seconds: [] }, undefined],
  ])('is read by its old and new names: %j', (series, expected) => {
    expect(facts(series).lastBootAt).toBe(expected);
  });
});

describe('a reboot flag that a boot has answered', () => {
  it('explains the reboot itself and no outage after it', () => {
    const flagged = { ...agent(60), patchhaven_host_reboot_required: 1 };
    const observed = (series: Series, seconds: number): DomainEvent => {
      const { dropped: _dropped, unknownWords: _words, ...data } = facts(series);
      const header = { source: 'hosts', organization: 'acme', device: 'hosts:acme/web-1:9100' };
      const dedupKey = String(seconds);
      return { ...header, dedupKey, occurredAt: at + seconds, receivedAt: at + seconds, type: 'device.observed', data };
    };
    const pending = (state: DeviceState): boolean =>
      collectEvidence(state, { readAt: state.observedAt }, 1800, defaultPolicy).some(
        ({ kind }) => kind === 'reboot_pending',
      );

    const before = foldEvent(undefined, observed(flagged, 0));
    const rebooted = { ...flagged, node_boot_time_seconds: at - 10 };
    const after = foldEvent(before, observed(rebooted, 120));
    expect([pending(before), pending(after)]).toEqual([true, false]);
  });
});
