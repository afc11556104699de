import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../test/support/api.ts';
import { aDevice, aPatch, aView, builtAt } from '../../test/support/builders.ts';
import type { AuditOptions } from '../cli.ts';
import type { DeviceFacts } from '../domain/device.ts';
import { troubles } from '../domain/audit.ts';
import { systemClock } from '../domain/time.ts';
import type { DeviceView } from '../fleet/fleet-view.ts';
import { audit } from './audit.ts';
import { hostFromText, parseSeries } from './audit/this-host.ts';
import { createRemote, RemoteError } from './remote.ts';

const day = 86_400;
let api: RunningApi | undefined;
const folders: string[] = [];
afterEach(async () => {
  await api?.close();
  api = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchhaven-audit-'));
  folders.push(folder);
  writeFileSync(join(folder, 'file'), text);
  return join(folder, 'file');
}

const defaults: AuditOptions = {
  format: 'json',
  organization: undefined,
  sla: new Map([['critical', 14 * day]]),
  findings: new Set(troubles),
  by: undefined,
  kevFile: undefined,
  kevMapFile: undefined,
  thisHost: false,
  textfile: undefined,
  agent: undefined,
};

function view(vendorId: string, facts: Partial<DeviceFacts>, overrides: Partial<DeviceView> = {}): DeviceView {
  const known = { vendorId, displayName: vendorId, rebootPending: false, patches: [aPatch()], ...facts };
  return aView({ state: aDevice({ facts: known }), ...overrides });
}

const missing = (id: string, days: number, severity: 'critical' | 'important' = 'critical') =>
  aPatch({ id, title: `Update ${id}`, status: 'missing', severity, firstSeenAt: builtAt - days * day });

const clean = view('clean', {});
const unknown = view(
  '=cmd()',
  {},
  { compliance: { verdict: 'unknown', reasons: ['its source has not been read, "ever"'] } },
);
const fleet = [
  clean,
  unknown,
  view('waits', { rebootPending: true }),
  view('lacks', { patches: [missing('KB5000001', 3)] }),
  view('failed', { patches: [aPatch({ id: 'KB5000002', status: 'failed' })], site: 'Hamburg', groups: [] }),
  view('late', { patches: [missing('KB5000003', 20), missing('KB5000004', 1), missing('KB5000005', 60, 'important')] }),
];

async function run(options: Partial<AuditOptions> = {}, views: readonly DeviceView[] = fleet) {
  api = await startApi({ views });
  const remote = createRemote({ url: api.url, tokenFile: undefined, env: { PATCHHAVEN_TOKEN: api.token('viewer') } });
  return await runWith(options, remote);
}

async function runWith(options: Partial<AuditOptions>, remote: Parameters<typeof audit>[1]['remote']) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const deps = { remote, clock: { now: () => builtAt }, sleep: () => Promise.resolve(), io };
  const status = await audit({ ...defaults, ...options }, deps);
  return { status, text: out.join(''), err: err.join('') };
}

interface Json {
  readonly totals: Readonly<Record<string, number>>;
  readonly kev: unknown;
  readonly devices: readonly { readonly name: string; readonly troubles: readonly string[]; [key: string]: unknown }[];
}
const json = (text: string): Json => JSON.parse(text) as Json;

describe('audit of the fleet', () => {
  it('ends with 0 only when every device is known to be clean', async () => {
    const { status, text } = await run({ format: 'table' }, [clean]);
    expect([status, text]).toEqual([0, '1 device: nothing is missing, failed, behind or waiting.\n']);
  });

  it.each([
    ['a device nobody knows about', [clean, unknown]],
    ['a device whose updates nobody tells', [view('mute', { patches: undefined as never })]],
    ['no device at all', []],
  ])('ends with 3 for %s: unknown is never clean', async (_what, views) => {
    expect((await run({}, views)).status).toBe(3);
  });

  it('sorts by trouble and says why', async () => {
    const { status, text } = await run();
    expect(status).toBe(1);
    const { devices, totals } = json(text);
    expect(devices.map(({ name, troubles: all }) => [name, ...all])).toEqual([
      ['failed', 'failed'],
      ['late', 'overdue', 'missing'],
      ['waits', 'restart'],
      ['lacks', 'missing'],
      ['=cmd()', 'unknown'],
    ]);
    expect(devices[1]).toMatchObject({ missing: 3, missingCritical: 2, overdue: 1, oldestDays: 60, exploited: null });
    expect(devices[1]?.['reasons']).toContain('past its SLA: KB5000003');
    expect(totals).toMatchObject({ devices: 6, clean: 1, failed: 1, overdue: 1, restart: 1, missing: 2, unknown: 1 });
  });

  it('holds each severity to its own limit', async () => {
    const sla = new Map([
      ['critical', 21 * day],
      ['important', 30 * day],
    ] as const);
    const { devices } = json((await run({ sla })).text);
    expect(devices.find(({ name }) => name === 'late')?.['reasons']).toContain('past its SLA: KB5000005');
  });

  it('passes when what was found is not asked for, but never over an unknown device', async () => {
    const findings = new Set(['overdue', 'unknown'] as const);
    const lacks = view('lacks', { patches: [missing('KB5000001', 3)] });
    const passed = await run({ findings, format: 'table' }, [lacks]);
    expect(passed).toMatchObject({ status: 0, text: '1 device: nothing that was asked for; 1 missing, 0 failed.\n' });
    expect((await run({ findings }, [lacks, unknown])).status).toBe(3);
  });

  it('fits a terminal of 100 columns and obeys no control character', async () => {
    const nasty = view(`\u001b[2J${'x'.repeat(80)}`, { patches: [missing(`KB5${'\n'.repeat(3)}1`, 400)] });
    const { text } = await run({ format: 'table' }, [...fleet, nasty]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(text).toContain('7 devices: 1 failed, 2 overdue, 1 restart, 3 missing, 1 unknown, 1 clean.');
  });

  it('writes CSV that is quoted and starts no formula', async () => {
    const line = (await run({ format: 'csv' }, [unknown])).text.split('\r\n')[1];
    expect(line).toBe(
      'acme,Berlin,Production,ninja:=cmd(),\'=cmd(),unknown,0,0,0,0,false,,,"its source has not been read, ""ever"""',
    );
  });

  it.each([
    ['organization', [['acme', 6, 1]]],
    [
      'site',
      [
        ['acme / Berlin', 5, 1],
        ['acme / Hamburg', 1, 0],
      ],
    ],
    [
      'group',
      [
        ['Production', 5, 1],
        ['(no group)', 1, 0],
      ],
    ],
  ] as const)('sums by %s, worst first', async (by, expected) => {
    const { text } = await run({ by });
    const { groups } = JSON.parse(text) as { groups: { name: string; devices: number; clean: number }[] };
    expect(groups.map(({ name, devices, clean: good }) => [name, devices, good])).toEqual(expected);
    expect((await run({ by, format: 'csv' })).text.split('\r\n')[0]).toBe(
      'name,devices,clean,exploited,failed,overdue,restart,missing,unknown',
    );
  });

  it('waits when the exporter asks for patience, but not for ever', async () => {
    api = await startApi({ views: fleet });
    const remote = createRemote({ url: api.url, tokenFile: undefined, env: { PATCHHAVEN_TOKEN: api.token('viewer') } });
    const busyFor = (refusals: number) => {
      let left = refusals;
      const call: typeof remote.call = (...args) => {
        if ((left -= 1) >= 0) throw new RemoteError('Too many requests.', { status: 429 });
        return remote.call(...args);
      };
      return { call };
    };
    expect((await runWith({}, busyFor(5))).status).toBe(1);
    expect((await runWith({}, busyFor(100_000))).status).toBe(3);
  });

  it('ends with 3 when the exporter does not answer', async () => {
    const remote = createRemote({ url: 'http://127.0.0.1:1', tokenFile: undefined, env: { PATCHHAVEN_TOKEN: 'x' } });
    const { status, err } = await runWith({}, remote);
    expect([status, err]).toEqual([3, 'patchhaven audit: http://127.0.0.1:1 does not answer (bad port)\n']);
  });
});

describe('audit with a list of exploited vulnerabilities', () => {
  const list = JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    vulnerabilities: [
      { cveID: 'CVE-2024-1086', vendorProject: 'Linux', notes: 'https://git.kernel.org/' },
      { cveID: 'CVE-2026-20001', vendorProject: 'Microsoft', notes: 'Fixed by KB5000001; see MSRC.' },
      { cveID: 'CVE-2026-20002', vendorProject: 'Microsoft' },
    ],
  });
  const kernel = view('kernel', {
    patches: [{ ...missing('kernel-core', 1), title: 'kernel-core 5.14 CVE-2024-1086 CVE-2023-9999' }],
  });

  it('puts what is exploited first, by CVE in the title, by KB in the list, by a map', async () => {
    const map = file(JSON.stringify({ '5000003': ['CVE-2026-20002'], KB5000004: ['CVE-2020-1'] }));
    const { status, text } = await run({ kevFile: file(list), kevMapFile: map }, [...fleet, kernel]);
    const { devices, kev } = json(text);
    expect(status).toBe(1);
    expect(devices.slice(0, 3).map(({ name, exploited }) => [name, exploited])).toEqual([
      ['late', ['CVE-2026-20002']],
      ['lacks', ['CVE-2026-20001']],
      ['kernel', ['CVE-2024-1086']],
    ]);
    expect(kev).toEqual({ openUpdates: 6, notComparable: 2 });
  });

  it('says how many updates could not be compared', async () => {
    const { text } = await run({ kevFile: file(list), format: 'table' });
    expect(text).toContain('4 of 5 open updates name no CVE: not compared with the list of exploited ones.');
  });

  it.each(['{"vulnerabilities":', '{"title":"x"}', '[]'])('ends with 3 for the list %j', async (text) => {
    const { status, err } = await run({ kevFile: file(text) });
    expect([status, err]).toEqual([3, expect.stringContaining('is not a list of known exploited vulnerabilities')]);
  });

  it('ends with 3 for a list that cannot be read, and says why', async () => {
    const { status, err } = await run({ kevFile: '/nowhere/kev.json' });
    expect([status, err]).toEqual([3, expect.stringContaining('/nowhere/kev.json cannot be read: ENOENT')]);
  });
});

describe('audit of this host', () => {
  const at = builtAt;
  const written = (extra: string, generatedAt = at - 60): string =>
    [
      '# TYPE patchhaven_host_generated_timestamp_seconds gauge',
      `patchhaven_host_generated_timestamp_seconds ${String(generatedAt)}`,
      'patchhaven_host_info{agent="patchhaven-host.sh",host="web-1",os="Debian"} 1',
      'patchhaven_host_check_success{check="updates"} 1',
      `patchhaven_host_metadata_timestamp_seconds ${String(at - 3600)}`,
      extra,
      '',
    ].join('\n');
  const remote = createRemote({ url: 'http://127.0.0.1:1', tokenFile: undefined, env: {} });
  const look = async (text: string) => await runWith({ thisHost: true, textfile: file(text) }, remote);
  const update =
    'patchhaven_host_update_info{update="openssl",title="a \\"b\\"",kind="security",severity="low",status="missing"} 1';

  it.each([
    ['nothing is wrong', 'patchhaven_host_reboot_required 0', 0],
    ['an update is missing', `patchhaven_host_reboot_required 0\n${update}`, 1],
    ['it waits for a restart', 'patchhaven_host_reboot_required 1', 1],
    ['nobody can tell whether it needs a restart', '', 3],
    ['the agent could not list all', 'patchhaven_host_reboot_required 0\npatchhaven_host_updates_unlisted 3', 3],
  ])('when %s', async (_what, extra, status) => {
    expect((await look(written(extra))).status).toBe(status);
  });

  it.each([
    ['old', written('', at - 3601), 'more than an hour old'],
    ['not from the agent', 'up 1\n', 'not what the agent of a machine writes'],
  ])('ends with 3 when the text is %s', async (_what, text, message) => {
    const { status, err } = await look(text);
    expect([status, err]).toEqual([3, expect.stringContaining(message)]);
  });

  it('reads what it is given and knows no age', () => {
    const host = hostFromText(written(update), at);
    expect(host).toMatchObject({ name: 'web-1', rebootPending: undefined });
    expect(host.open).toMatchObject([{ id: 'openssl', title: 'a "b"', firstSeenAt: undefined }]);
    expect(parseSeries('a{b="c\\\\d\\n"} 1\nbroken{ 2\nx NaN', at).all('a' as never)[0]?.labels).toEqual({
      __name__: 'a',
      b: 'c\\d\n',
    });
  });

  it('knows no SLA to be kept where it knows no age', async () => {
    const text = written(`patchhaven_host_reboot_required 0\n${update.replace('"low"', '"critical"')}`);
    const { devices } = json((await look(text)).text);
    expect(devices[0]).toMatchObject({ troubles: ['missing', 'unknown'], overdue: null, missingCritical: 1 });
  });

  it.runIf(existsSync('/usr/bin/apt-get'))(
    'asks the agent, which asks the apt of this machine',
    async () => {
      const agent = fileURLToPath(new URL('../../../agents/patchhaven-host.sh', import.meta.url));
      const deps = { remote, sleep: () => Promise.resolve(), clock: systemClock };
      const out: string[] = [];
      const io = { out: (text: string) => void out.push(text), err: (text: string) => void out.push(text) };
      const status = await audit({ ...defaults, thisHost: true, agent }, { ...deps, io });
      const { totals, devices } = json(out.join(''));
      expect(totals['devices']).toBe(1);
      expect(status).toBe(totals['clean'] === 1 ? 0 : devices[0]?.troubles.join() === 'unknown' ? 3 : 1);
    },
    60_000,
  );

  it('ends with 3 when the agent cannot be run', async () => {
    const { status, err } = await runWith({ thisHost: true, agent: '/nowhere/agent.sh' }, remote);
    expect([status, err]).toEqual([3, expect.stringContaining('could not say anything about this machine')]);
  });
});
