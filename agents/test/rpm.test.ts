import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lint, series, updates } from './host.ts';
import { buildPackages, canUseRpm, createRpmHost, longName, type Packages, type RpmHost } from './rpm-host.ts';

/** Real dnf 4 and zypper, on roots of their own, with packages and advisories built here. */
describe.runIf(canUseRpm)('with real programs', { timeout: 60_000 }, () => {
  let packages: Packages;
  const hosts: RpmHost[] = [];

  function host(manager: 'dnf' | 'zypper'): RpmHost {
    const created = createRpmHost(manager, packages);
    hosts.push(created);
    return created;
  }

  beforeAll(() => {
    packages = buildPackages();
  }, 60_000);
  afterEach(() => {
    for (const one of hosts.splice(0)) one.remove();
  });
  afterAll(() => {
    rmSync(packages.folder, { recursive: true });
  });

  const check = (text: string, name: string): string | undefined =>
    series(text, 'patchhaven_host_check_success')
      .find((line) => line.startsWith(`{check="${name}"}`))
      ?.slice(-1);
  const metadataAt = (text: string): number => Number(series(text, 'patchhaven_host_metadata_timestamp_seconds')[0]);
  const nowSeconds = (): number => Math.floor(Date.now() / 1000);
  const german = { LC_ALL: '', LANG: 'C.UTF-8', LANGUAGE: 'de' };

  describe('dnf', () => {
    function refreshed(): RpmHost {
      const machine = host('dnf');
      expect(machine.manage('-q', 'makecache').status).toBe(0);
      return machine;
    }

    function age(machine: RpmHost, repository: string, days: number): number {
      const at = nowSeconds() - days * 86_400;
      const cache = join(machine.root, 'var/cache/dnf');
      const folder = readdirSync(cache).find((name) => new RegExp(`^${repository}-[0-9a-f]{16}$`).test(name)) ?? '';
      for (const file of readdirSync(join(cache, folder, 'repodata'))) {
        utimesSync(join(cache, folder, 'repodata', file), at, at);
      }
      return at;
    }

    it('joins updates with all their advisories, in any language, as old as the oldest repository', async () => {
      const machine = refreshed();
      machine.addRepository('other', `file://${packages.installed}`);
      machine.manage('-q', 'makecache');
      const at = age(machine, 'other', 20);
      const { out, err } = await machine.look(german);
      expect(err).toBe('');
      expect(updates(out)).toEqual([
        'broken.noarch software unspecified missing',
        'docker-ce.noarch software unspecified missing',
        'kernel.noarch security critical missing',
        'nginx.noarch security unspecified missing',
        'openssl-libs.noarch security important missing',
        `${longName}.noarch software unspecified missing`,
        'vim-data.noarch software unspecified missing',
        'vim-minimal.noarch software unspecified missing',
      ]);
      expect(out).toContain('title="openssl-libs.noarch 2.0-1 CVE-2026-20001 CVE-2026-20002"');
      expect(series(out, 'patchhaven_host_updates')).toContain('{status="missing",security="true"} 3');
      expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['1']);
      expect(metadataAt(out)).toBe(at);
      expect(check(out, 'updates')).toBe('1');
      expect(lint(out)).toBe('');
    });

    it('tells what is held back, what failed, and the last upgrade, though others came after it', async () => {
      const machine = refreshed();
      age(machine, 'updates', 9);
      // Nothing new there: dnf touches the list that it has.
      machine.manage('-q', 'makecache', '--refresh');
      expect(machine.manage('-q', 'versionlock', 'add', 'nginx').status).toBe(0);
      expect(machine.manage('-q', '-y', 'upgrade', 'openssl-libs').status).toBe(0);
      expect(machine.manage('-q', '-y', 'upgrade', 'broken').status).toBe(1);
      expect(machine.manage('-q', '-y', 'remove', 'vim-data', 'kernel').status).toBe(0);
      const settings = readFileSync(join(machine.root, 'etc/dnf/dnf.conf'), 'utf8');
      machine.put('etc/dnf/dnf.conf', `${settings}excludepkgs=docker*\n`);
      const { out } = await machine.look(german);
      expect(updates(out)).toEqual([
        'broken.noarch software unspecified failed',
        'docker-ce.noarch software unspecified rejected',
        'nginx.noarch security unspecified rejected',
        `${longName}.noarch software unspecified missing`,
        'vim-minimal.noarch software unspecified missing',
      ]);
      expect(series(out, 'patchhaven_host_packages_held')).toEqual(['1']);
      const [installed, ...more] = series(out, 'patchhaven_host_installed_timestamp_seconds');
      expect([installed, more]).toEqual([expect.stringMatching(/^\{update="openssl-libs"\} \d+$/), []]);
      expect(Math.abs(Number(installed?.split(' ')[1]) - nowSeconds())).toBeLessThan(90);
      expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['0']);
      expect(metadataAt(out)).toBeGreaterThan(nowSeconds() - 3600);
    });

    it('knows no updates while a repository was never read, though dnf may skip it, and no reboot without the plugin', async () => {
      const machine = refreshed();
      machine.addRepository('gone', 'http://127.0.0.1:1/', 'skip_if_unavailable=1');
      machine.put('etc/dnf/dnf.conf', `${readFileSync(join(machine.root, 'etc/dnf/dnf.conf'), 'utf8')}plugins=0\n`);
      const { out, err } = await machine.look();
      expect(err).toContain('nothing is known of the repository gone');
      expect([check(out, 'updates'), series(out, 'patchhaven_host_updates')]).toEqual(['0', []]);
      expect(updates(out)).toHaveLength(8);
      expect([check(out, 'reboot'), series(out, 'patchhaven_host_reboot_required')]).toEqual(['0', []]);
      expect(series(out, 'patchhaven_host_packages_held')).toEqual([]);
    });

    it('knows nothing before the first refresh, and nothing where it cannot read the package database', async () => {
      const machine = host('dnf');
      const before = await machine.look();
      expect([check(before.out, 'updates'), check(before.out, 'reboot')]).toEqual(['0', '1']);
      machine.manage('-q', 'makecache');
      rmSync(join(machine.root, 'root/.rpmdb'), { recursive: true });
      const { out } = await machine.look();
      expect([check(out, 'updates'), check(out, 'reboot'), check(out, 'history')]).toEqual(['0', '0', '0']);
      expect(series(out, 'patchhaven_host_updates')).toEqual([]);
    });
  });

  describe('zypper', () => {
    const quiet = ['--non-interactive', '--no-gpg-checks', '-q'];
    function refreshed(): RpmHost {
      const machine = host('zypper');
      expect(machine.manage(...quiet, 'refresh').status).toBe(0);
      return machine;
    }

    it('lists patches with severity and CVE ids, and the packages that no patch brings, in any language', async () => {
      const { out, err } = await refreshed().look(german);
      expect(err).toBe('');
      expect(updates(out)).toEqual([
        'ACME-1 security important missing',
        'ACME-2 security critical missing',
        'ACME-3 software unspecified missing',
        'ACME-4 security unspecified missing',
        'broken software unspecified missing',
        'docker-ce software unspecified missing',
        `${longName} software unspecified missing`,
      ]);
      expect(out).toContain('title="ACME-1 CVE-2026-20001 CVE-2026-20002 security update"');
      expect(check(out, 'updates')).toBe('1');
      expect(Math.abs(metadataAt(out) - nowSeconds())).toBeLessThan(90);
      expect(lint(out)).toBe('');
    });

    it('calls locked patches and packages rejected', async () => {
      const machine = refreshed();
      machine.manage(...quiet, 'addlock', 'docker-ce');
      machine.manage(...quiet, 'addlock', '-t', 'patch', 'ACME-4');
      const { out } = await machine.look();
      expect(updates(out).filter((line) => line.endsWith('rejected'))).toEqual([
        'ACME-4 security unspecified rejected',
        'docker-ce software unspecified rejected',
      ]);
      expect(series(out, 'patchhaven_host_packages_held')).toEqual(['2']);
    });

    it('names what patches installed and what failed, and not what somebody asked for by name', async () => {
      const machine = refreshed();
      expect(machine.manage(...quiet, 'install', '-y', 'docker-ce').status).toBe(0);
      expect(series((await machine.look()).out, 'patchhaven_host_installed_timestamp_seconds')).toEqual([]);
      expect(machine.manage(...quiet, 'patch', '--with-interactive').status).toBe(102);
      expect(machine.manage(...quiet, 'update', '-y', 'broken').status).toBe(8);
      const { out } = await machine.look();
      const names = series(out, 'patchhaven_host_installed_timestamp_seconds').map((line) => line.split('"')[1]);
      expect([...names].sort()).toEqual([
        ...['ACME-1', 'ACME-2', 'ACME-3', 'ACME-4'],
        ...['kernel', 'nginx', 'openssl-libs', 'vim-data', 'vim-minimal'],
      ]);
      expect(updates(out)).toContain('broken software unspecified failed');
      expect(check(out, 'failed')).toBe('1');
    });

    it('believes needs-rebooting, and knows since when', async () => {
      const machine = refreshed();
      expect(series((await machine.look()).out, 'patchhaven_host_reboot_required')).toEqual(['0']);
      machine.put('run/reboot-needed', '');
      utimesSync(join(machine.root, 'run/reboot-needed'), 1_793_000_060, 1_793_000_060);
      const { out } = await machine.look();
      expect(series(out, 'patchhaven_host_reboot_required')).toEqual(['1']);
      expect(series(out, 'patchhaven_host_reboot_required_since_timestamp_seconds')).toEqual(['1793000060']);
    });

    it.each([
      [
        'when one repository was never read',
        (machine: RpmHost) => {
          machine.addRepository('gone', 'http://127.0.0.1:1/');
        },
      ],
      [
        'when the package database is broken',
        (machine: RpmHost) => {
          machine.put('root/.rpmdb/rpmdb.sqlite', 'this is no database');
        },
      ],
      [
        'when there is no package database',
        (machine: RpmHost) => {
          for (const folder of ['root/.rpmdb', 'var/cache/zypp/solv/@System']) {
            rmSync(join(machine.root, folder), { recursive: true, force: true });
          }
        },
      ],
      [
        'without any repository',
        (machine: RpmHost) => {
          rmSync(join(machine.root, 'etc/zypp/repos.d/updates.repo'));
        },
      ],
    ])('does not take "cannot tell" for "none": %s', async (_when, spoil) => {
      const machine = refreshed();
      spoil(machine);
      const { out } = await machine.look();
      expect(check(out, 'updates')).toBe('0');
      expect(series(out, 'patchhaven_host_updates')).toEqual([]);
    });

    it('cannot tell while another zypper works', async () => {
      const machine = refreshed();
      const other = spawn('sleep', ['60']);
      machine.put('run/zypp.pid', String(other.pid));
      const { out } = await machine.look();
      other.kill();
      expect(check(out, 'updates')).toBe('0');
    });

    it('goes by the repository that was refreshed longest ago', async () => {
      const machine = refreshed();
      machine.addRepository('other', `file://${packages.installed}`);
      machine.manage(...quiet, 'refresh');
      const at = nowSeconds() - 20 * 86_400;
      const cached = join(machine.root, 'var/cache/zypp/raw/other/repodata');
      for (const path of [join(cached, 'repomd.xml'), cached]) utimesSync(path, at, at);
      expect(metadataAt((await machine.look()).out)).toBe(at);
    });
  });
});
