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

describe('on a machine with dnf', () => {
  it('joins updates with their advisories, severities and CVE ids (dnf 4)', async () => {
    const machine = host('dnf4');
    const { out } = await machine.run();
    expect(updates(out)).toEqual([
      'kernel-core.x86_64 security critical missing',
      'openssl-libs.x86_64 security important missing',
      'vim-minimal.x86_64 software unspecified missing',
    ]);
    expect(out).toContain('title="openssl-libs.x86_64 1:3.0.7-27.el9 CVE-2023-0286 CVE-2023-0215"');
    expect(series(out, 'patchhaven_host_packages_held')).toEqual(['1']);
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['1']);
    expect(series(out, 'patchhaven_host_installed_timestamp_seconds')).toEqual([
      `{update="kernel-core"} ${String(at('2026-11-10T03:00:00Z'))}`,
      `{update="glibc"} ${String(at('2026-11-10T03:00:00Z'))}`,
    ]);
    expect(lint(out)).toBe('');
  });

  it('reads the columns of dnf 5, and calls a transaction that failed a failure', async () => {
    const { out } = await host('dnf5').run();
    expect(updates(out)).toEqual([
      'dnf-transaction other unspecified failed',
      'openssl-libs.x86_64 security important missing',
    ]);
    expect(series(out, 'patchhaven_host_last_install_timestamp_seconds')).toEqual([]);
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['0']);
  });

  it('knows no updates when the cache cannot be read, instead of none', async () => {
    const machine = host('dnf4');
    machine.answers('check-update', 'exit 1\nError: Cache-only enabled but no cache');
    machine.answers('needs-restarting', 'exit 2\nno such command');
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_updates')).toEqual([]);
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual([]);
    expect(series(out, 'patchhaven_host_check_success')).toEqual(
      expect.arrayContaining(['{check="updates"} 0', '{check="reboot"} 0']),
    );
  });

  it('says that there is nothing where dnf says so', async () => {
    const machine = host('dnf4');
    machine.answers('check-update', '');
    machine.answers('updateinfo', '');
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_updates')).toContain('{status="missing",security="true"} 0');
    expect(updates(out)).toEqual([]);
  });
});

describe('on a machine with zypper', () => {
  it('lists patches with their severity, the locks and the last batch', async () => {
    const machine = host('zypper');
    machine.put('var/log/zypp/history', readFileSync(new URL('fixtures/zypper/history', import.meta.url), 'utf8'));
    const { out } = await machine.run();
    expect(updates(out)).toEqual([
      'SUSE-SLE-Module-Basesystem-15-SP5-2026-42 security critical missing',
      'SUSE-SLE-Module-Basesystem-15-SP5-2026-43 software moderate missing',
      'SUSE-SLE-Module-Basesystem-15-SP5-2026-44 security important rejected',
    ]);
    expect(series(out, 'patchhaven_host_packages_held')).toEqual(['1']);
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['1']);
    expect(series(out, 'patchhaven_host_installed_timestamp_seconds')).toEqual([
      `{update="openssl"} ${String(at('2026-11-10T02:01:10Z'))}`,
      `{update="libopenssl1_1"} ${String(at('2026-11-10T02:00:10Z'))}`,
    ]);
    expect(lint(out)).toBe('');
  });

  it('lists packages where the distribution has no patches', async () => {
    const machine = host('zypper');
    machine.answers('list-patches', 'No updates found.');
    expect(updates((await machine.run()).out)).toEqual(['timezone software unspecified missing']);
  });

  it('takes an unknown exit status for "could not tell"', async () => {
    const machine = host('zypper');
    machine.answers('needs-rebooting', 'exit 7\nlocked');
    machine.answers('list-updates', 'exit 7\nlocked');
    const { out } = await machine.run();
    expect(series(out, 'patchhaven_host_reboot_required')).toEqual([]);
    expect(series(out, 'patchhaven_host_updates')).toEqual([]);
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
