import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHost, hasProgram, lint, runScript, script, series, updates, type Host } from './host.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const bootedAt = 1_793_000_000;
const hosts: Host[] = [];

function host(...args: Parameters<typeof createHost>): Host {
  const created = createHost(...args);
  hosts.push(created);
  return created;
}

afterEach(() => {
  for (const one of hosts.splice(0)) one.remove();
});

describe('the script', () => {
  it('is well-formed Bash', () => {
    expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('has nothing that shellcheck objects to', () => {
    expect(spawnSync('shellcheck', [script], { encoding: 'utf8' }).stdout).toBe('');
  });

  it.each([
    [['--colour', 'red'], '--colour is not a flag'],
    [['--output'], '--output needs a value'],
    [['--event', 'reboot.started'], '--event needs --events-url'],
    [['--event', 'patch.installed', '--events-url', 'http://x'], 'is not one of those'],
    [['--events-url', 'http://x', '--token-file', '/nowhere'], 'needs a --token-file that can be read'],
    [['--manager', 'pacman'], 'no package manager'],
  ])('refuses %j', async (args, message) => {
    const { status, err } = await runScript(args);
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('on a machine with apt', () => {
  it('tells updates, holds, half-installed packages and what is kept back apart', async () => {
    const { status, out } = await host('apt').run();
    expect(status).toBe(0);
    expect([...updates(out)].sort()).toEqual([
      'broken\\"pkg/ other unspecified failed',
      'docker-ce software unspecified rejected',
      'libssl3 security unspecified missing',
      'nginx other unspecified missing',
      'nginx-common other unspecified missing',
      'openscap-security-guide software unspecified missing',
      'openssl security unspecified missing',
      'postgresql-15 other unspecified failed',
    ]);
    expect(series(out, 'patchhaven_host_updates')).toContain('{status="missing",security="true"} 2');
    expect(series(out, 'patchhaven_host_packages_held')).toEqual(['1']);
    expect(lint(out)).toBe('');
  });

  it('names the last batch of upgrades, and not what somebody installed anew', async () => {
    const machine = host('apt');
    machine.put('var/log/dpkg.log', readFileSync(new URL('fixtures/apt/dpkg-log', import.meta.url), 'utf8'));
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_last_install_timestamp_seconds')).toEqual([String(at('2026-11-10T03:10:00Z'))]);
    expect(series(out, 'patchhaven_host_installed_timestamp_seconds')).toEqual([
      `{update="linux-image-6.1.0-37-amd64"} ${String(at('2026-11-10T03:10:00Z'))}`,
      `{update="curl"} ${String(at('2026-11-10T02:00:05Z'))}`,
    ]);
  });

  it('says nothing about updates when apt fails, and still says what it knows', async () => {
    const machine = host('apt');
    machine.answers('dist-upgrade', 'exit 100\nE: broken');
    const { status, out } = await machine.run();
    expect(status).toBe(0);
    expect(series(out, 'patchhaven_host_check_success')).toContain('{check="updates"} 0');
    expect(series(out, 'patchhaven_host_updates')).toEqual([]);
    expect(updates(out)).toHaveLength(2);
  });

  it.each([
    ['a flag newer than the boot', { 'run/reboot-required': bootedAt + 60 }, ['1'], [String(bootedAt + 60)]],
    ['a flag that the boot has answered', { 'run/reboot-required': bootedAt - 60 }, ['0'], []],
    ['no flag, and a hook that would write one', { 'etc/kernel/postinst.d/unattended-upgrades': 1 }, ['0'], []],
    ['no flag and nothing that would write one', {}, [], []],
    ['a newer kernel of another flavour', { 'boot/vmlinuz-6.1.0-38-cloud-amd64': bootedAt + 5 }, [], []],
    ['an older kernel', { 'boot/vmlinuz-6.1.0-9-amd64': bootedAt + 5 }, [], []],
  ])('makes of %s: reboot required %j', async (_what, files, required, since) => {
    const machine = host('apt');
    for (const [path, writtenAt] of Object.entries(files)) machine.put(path, '', writtenAt);
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual(required);
    expect(series(out, 'patchhaven_host_reboot_required_since_timestamp_seconds')).toEqual(since);
    expect(series(out, 'patchhaven_host_check_success')).toContain(`{check="reboot"} ${String(required.length)}`);
  });

  it('wants a reboot for a kernel that came after the boot, however long ago it was built', async () => {
    const machine = host('apt');
    machine.put('boot/vmlinuz-6.1.0-38-amd64', '', bootedAt - 86_400);
    const { out } = await machine.run();
    const [since] = series(out, 'patchhaven_host_reboot_required_since_timestamp_seconds');
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['1']);
    expect(Number(since)).toBeGreaterThan(bootedAt);
  });

  it('wants none for a kernel that the last boot did not take', async () => {
    const machine = host('apt');
    machine.put('boot/vmlinuz-6.1.0-38-amd64', '');
    machine.put('proc/stat', `btime ${String(Math.floor(Date.now() / 1000) + 60)}\n`);
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual([]);
    expect(series(out, 'patchhaven_host_reboot_signal')).toEqual(['{signal="kernel_not_taken"} 1']);
  });

  it('lists no more than 200 updates and counts the others', async () => {
    const machine = host('apt');
    const lines = Array.from({ length: 250 }, (_, i) => `Inst p${String(i)} [1] (2 Debian:12/stable [all])`);
    machine.answers('dist-upgrade', lines.join('\n'));
    machine.answers('dpkg-query', '');
    const { out } = await machine.run();
    expect(updates(out)).toHaveLength(200);
    expect(series(out, 'patchhaven_host_updates_unlisted')).toEqual(['50']);
    expect(series(out, 'patchhaven_host_updates')).toContain('{status="missing",security="false"} 250');
  });

  it('lets no package name break the file', async () => {
    const machine = host('apt');
    machine.answers('dist-upgrade', 'Inst evil"} [1] (2\\ "x"\u0007\u00e9 Debian [all])');
    const { out } = await machine.run();
    expect(lint(out)).toBe('');
    expect(updates(out)).toContain('evil\\"} software unspecified missing');
  });

  it.runIf(hasProgram('apt-get'))(
    'agrees with the apt of this machine, and changes nothing there',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'patchhaven-apt-'));
      const state = (): number[] =>
        ['/var/lib/dpkg/status', '/var/lib/apt/lists'].map((path) => statSync(path).mtimeMs);
      const before = state();
      const { status, err } = await runScript(['--manager', 'apt', '--output', join(folder, 'patchhaven.prom')]);
      const text = readFileSync(join(folder, 'patchhaven.prom'), 'utf8');
      const simulated = spawnSync('apt-get', ['-s', '-q', '--ignore-hold', 'dist-upgrade'], {
        encoding: 'utf8',
      }).stdout;
      const installed = simulated.split('\n').filter((line) => /^Inst \S+ \[/.test(line));
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(state()).toEqual(before);
      expect(lint(text)).toBe('');
      const counts = series(text, 'patchhaven_host_updates').filter((line) => /missing|rejected/.test(line));
      const counted = counts.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
      expect(counted).toBeGreaterThanOrEqual(installed.length);
      expect(series(text, 'patchhaven_host_metadata_timestamp_seconds')).toHaveLength(1);
      rmSync(folder, { recursive: true });
    },
    60_000,
  );
});

/** dnf 4 and zypper are in rpm.test.ts, for real. dnf 5 is not in Debian 12: answers after its source (5.4). */
describe('on a machine with dnf 5', () => {
  it('reads its columns, locks and advisories', async () => {
    const { out, err } = await host('dnf5').run();
    expect(err).toBe('');
    expect(updates(out)).toEqual([
      'curl.x86_64 software unspecified failed',
      'kernel-core.x86_64 security unspecified missing',
      'openssl-libs.x86_64 security important missing',
    ]);
    expect(out).toContain('title="openssl-libs.x86_64 1:3.2.2-3.fc41 CVE-2026-0286"');
    expect(series(out, 'patchhaven_host_packages_held')).toEqual(['2']);
    expect(series(out, 'patchhaven_host_installed_timestamp_seconds')).toEqual([
      `{update="glibc"} ${String(at('2026-11-03T03:00:00Z'))}`,
    ]);
    expect(series(out, 'patchhaven_host_metadata_timestamp_seconds')).toEqual([String(at('2026-11-08T05:00:00Z'))]);
    expect(series(out, 'patchhaven_host_check_success')).toContain('{check="updates"} 1');
    expect(lint(out)).toBe('');
  });

  it('calls a transaction that failed a failure, also where it can name no update', async () => {
    const machine = host('dnf5');
    machine.answers('check-update', '');
    expect(updates((await machine.run()).out)).toEqual(['dnf-transaction other unspecified failed']);
  });

  it('calls it an install that runs, and no failure, while rpm holds its lock', async () => {
    const machine = host('dnf5');
    machine.put('usr/lib/sysimage/rpm/.rpm.lock', '');
    const { ino } = statSync(join(machine.root, 'usr/lib/sysimage/rpm/.rpm.lock'));
    machine.put('proc/locks', `1: POSIX  ADVISORY  WRITE 4711 08:01:${String(ino)} 0 EOF\n`);
    expect(updates((await machine.run()).out)).toContain('curl.x86_64 software unspecified installing');
  });

  it.each([
    ['exit 1\nReboot is required to fully utilize these updates.', ['1']],
    ['exit 0\nReboot should not be necessary.', ['0']],
    ["exit 1\nCouldn't connect to D-Bus", []],
    ['exit 2\nUnknown argument "needs-restarting" for command "dnf5".', []],
  ])('makes of %j: reboot required %j', async (answer, required) => {
    const machine = host('dnf5');
    machine.answers('needs-restarting', answer);
    expect(series((await machine.run()).out, 'patchhaven_host_reboot_required')).toEqual(required);
  });

  it('lists what is not held back where dnf refuses to leave the locks out', async () => {
    const machine = host('dnf5');
    machine.answers('--disableplugin=versionlock', 'exit 2\nUnknown argument');
    expect(updates((await machine.run()).out)).toHaveLength(3);
  });

  it('knows no updates when the age of a repository is unknown', async () => {
    const machine = host('dnf5');
    const known = readFileSync(new URL('fixtures/dnf5/repoinfo', import.meta.url), 'utf8');
    machine.answers('repoinfo', known.replace('last: 2026-11-10 01:00:00', 'last: unknown'));
    expect(series((await machine.run()).out, 'patchhaven_host_check_success')).toContain('{check="updates"} 0');
  });
});

describe('the settings of the examples', () => {
  it('give the script no flags before anybody has edited them: it needs none', () => {
    const file = new URL('../examples/patchhaven-host.default', import.meta.url).pathname;
    const flags = spawnSync('sh', ['-c', '. "$1"; printf %s "$PATCHHAVEN_FLAGS"', 'sh', file], { encoding: 'utf8' });
    expect(flags).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('the file', () => {
  it('is put in place whole, readable by all, and leaves nothing behind', async () => {
    const machine = host('apt');
    machine.put('out/patchhaven.prom', 'old');
    chmodSync(join(machine.root, 'out/patchhaven.prom'), 0o600);
    const { status } = await machine.run('--output', join(machine.root, 'out/patchhaven.prom'));
    expect(status).toBe(0);
    expect(statSync(join(machine.root, 'out/patchhaven.prom')).mode & 0o777).toBe(0o644);
    expect(readdirSync(join(machine.root, 'out')).filter((name) => name.endsWith('.prom'))).toEqual([
      'patchhaven.prom',
    ]);
    expect(readdirSync(join(machine.root, 'out')).sort()).toEqual(['.patchhaven-host.lock', 'patchhaven.prom']);
  });

  it('stays as it was when it cannot be written', async () => {
    const machine = host('apt');
    const { status } = await machine.run('--output', join(machine.root, 'nowhere', 'patchhaven.prom'));
    expect(status).toBe(3);
    expect(existsSync(join(machine.root, 'nowhere'))).toBe(false);
  });
});
