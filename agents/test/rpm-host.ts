import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasProgram, runScript, type Ran } from './host.ts';

/** Debian's dnf-plugins-core excludes its zypper: tools/setup.mjs unpacks it here. */
const plugins = fileURLToPath(new URL('../../.cache/dnf-plugins-core/usr/lib/python3/dist-packages', import.meta.url));
const programs = ['dnf', 'zypper', 'rpm', 'rpmbuild', 'createrepo_c', 'modifyrepo_c'];

/** Whether this machine has the programs that `buildPackages` and the hosts need. */
export const canUseRpm = programs.every(hasProgram) && existsSync(plugins);

/** `installed` and `available` are repositories on disk: what hosts begin with, and what they can update to. */
export interface Packages {
  readonly folder: string;
  readonly installed: string;
  readonly available: string;
}

/** A root of its own that a real dnf or zypper manages. */
export interface RpmHost {
  readonly root: string;
  put(path: string, text: string): void;
  /** Makes a repository known; settings are lines of its .repo file. */
  addRepository(id: string, url: string, ...settings: readonly string[]): void;
  /** Runs the package manager; resolves with its exit status and output. */
  manage(...args: readonly string[]): Ran;
  /** Runs the agent, which finds the package manager on its path. */
  look(env?: NodeJS.ProcessEnv): Promise<Ran>;
  remove(): void;
}

function call(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Ran {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env });
  return { status: status ?? -1, out: stdout, err: stderr };
}

function must(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): void {
  const { status, out, err } = call(file, args, env);
  if (status !== 0) throw new Error(`${file} ended with ${String(status)}: ${out}${err}`);
}

const spec = (name: string, version: string, release: string): string => `Name: ${name}
Version: ${version}
Release: ${release}
Summary: a test
License: MIT
BuildArch: noarch
%description
nothing
${name === 'broken' && version === '2.0' ? '%pre -p <lua>\nerror("this install fails")' : ''}
%files
`;

/** Version and release of a package, as it is installed at first and as it can be updated. */
const releaseOf = (name: string, place: 'installed' | 'available'): readonly [string, string] => {
  if (name === 'kernel') return ['5.14.0', place === 'installed' ? '362.24.1.el9_3' : '427.13.1.el9_4'];
  return [place === 'installed' ? '1.0' : '2.0', '1'];
};

function advised(name: string): string {
  const [version, release] = releaseOf(name, 'available');
  const reboot = name === 'kernel' ? '<reboot_suggested>True</reboot_suggested>' : '';
  return `<package name="${name}" version="${version}" release="${release}" epoch="0" arch="noarch" src="${name}.src.rpm">
<filename>${name}-${version}-${release}.noarch.rpm</filename>${reboot}</package>`;
}

function advisory(id: string, kind: string, severity: string, names: string[], cves: string[] = []): string {
  const references = cves.map(
    (cve) => `<reference href="https://acme.example" id="${cve}" type="cve" title="${cve}"/>`,
  );
  return `<update from="security@acme.example" status="final" type="${kind}" version="1">
<id>${id}</id><title>${kind} update | ${id}</title><issued date="2026-11-02 01:14:22"/><severity>${severity}</severity>
<summary>s</summary><description>d</description><references>${references.join('')}</references>
<pkglist><collection short="c"><name>c</name>${names.map(advised).join('')}</collection></pkglist></update>`;
}

export const longName = 'selinux-policy-targeted-documentation-for-containers-and-others';
const names = ['kernel', 'openssl-libs', 'vim-minimal', 'vim-data', 'nginx', 'docker-ce', 'broken', longName];
const advisories = `<?xml version="1.0" encoding="UTF-8"?><updates>${[
  advisory('ACME-1', 'security', 'Important', ['openssl-libs'], ['CVE-2026-20001', 'CVE-2026-20002']),
  advisory('ACME-2', 'security', 'Critical', ['kernel'], ['CVE-2026-20003']),
  advisory('ACME-3', 'bugfix', 'None', ['vim-minimal', 'vim-data']),
  advisory('ACME-4', 'security', 'None', ['nginx']),
].join('')}</updates>`;

/** Builds the packages and their repositories: about a second. */
export function buildPackages(): Packages {
  const folder = mkdtempSync(join(tmpdir(), 'patchhaven-rpm-'));
  for (const place of ['installed', 'available'] as const) {
    mkdirSync(join(folder, place));
    const files = names.map((name) => {
      const file = join(folder, `${place}-${name}.spec`);
      writeFileSync(file, spec(name, ...releaseOf(name, place)));
      return file;
    });
    const defines = [
      `_topdir ${folder}/build`,
      `_rpmdir ${folder}/${place}`,
      '_build_name_fmt %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    ];
    must('rpmbuild', ['-bb', '--quiet', ...defines.flatMap((define) => ['--define', define]), ...files]);
    must('createrepo_c', ['-q', join(folder, place)]);
  }
  writeFileSync(join(folder, 'updateinfo.xml'), advisories);
  must('modifyrepo_c', [join(folder, 'updateinfo.xml'), join(folder, 'available/repodata')]);
  return { folder, installed: join(folder, 'installed'), available: join(folder, 'available') };
}

const settingsOfDnf = (root: string): string => `[main]
gpgcheck=0
pluginpath=${plugins}/dnf-plugins
pluginconfpath=${root}/etc/dnf/plugins
reposdir=${root}/etc/yum.repos.d
`;

const programOf = {
  dnf: (root: string): string =>
    `PYTHONPATH=${plugins} exec /usr/bin/dnf -c ${root}/etc/dnf/dnf.conf --installroot ${root} --releasever 9 "$@"`,
  zypper: (root: string): string => `exec /usr/bin/zypper --root ${root} "$@"`,
};

/** A host with every package of `packages.installed`; it knows the repository `available` as "updates" and has not read it. */
export function createRpmHost(manager: 'dnf' | 'zypper', packages: Packages): RpmHost {
  const root = mkdtempSync(join(tmpdir(), `patchhaven-${manager}-`));
  const bin = join(root, 'test-bin');
  const repositories = manager === 'dnf' ? 'etc/yum.repos.d' : 'etc/zypp/repos.d';
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const program = (name: string, line: string): void => {
    put(`test-bin/${name}`, `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program(manager, programOf[manager](root));
  program('uname', 'echo 5.14.0-362.24.1.el9_3.x86_64');
  // HOME: Debian's rpm keeps its database there.
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: '/root', TZ: 'UTC' };
  const host: RpmHost = {
    root,
    put,
    addRepository: (id, url, ...settings) => {
      const lines = [`[${id}]`, `name=${id}`, `baseurl=${url}`, 'enabled=1', 'gpgcheck=0', ...settings];
      put(`${repositories}/${id}.repo`, `${lines.join('\n')}\n`);
    },
    manage: (...args) => call(join(bin, manager), args, env),
    look: async (more = {}) =>
      await runScript(['--root', root, '--manager', manager, '--output', '-'], { ...env, ...more }),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
  put('etc/dnf/dnf.conf', settingsOfDnf(root));
  put('etc/dnf/plugins/versionlock.conf', `[main]\nenabled=1\nlocklist=${root}/etc/dnf/plugins/versionlock.list\n`);
  put('etc/dnf/plugins/versionlock.list', '');
  put('proc/stat', 'btime 1793000000\n');
  put('etc/os-release', 'PRETTY_NAME="Test Linux 9"\nVERSION_ID="9"\n');
  const old = readdirSync(packages.installed).filter((file) => file.endsWith('.rpm'));
  must('rpm', ['--root', root, '--install', ...old.map((file) => join(packages.installed, file))], env);
  host.addRepository('updates', `file://${packages.available}`);
  return host;
}
