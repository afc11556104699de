import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
export const script = fileURLToPath(new URL('../patchhaven-host.sh', import.meta.url));

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A machine as the agent sees it: files below its root, and package managers that answer from fixtures. */
export interface Host {
  readonly root: string;
  put(path: string, text: string, writtenAt?: number): void;
  /** Replaces one answer of a package manager; text without `exit` line means status 0. */
  answers(word: string, text: string): void;
  run(...args: string[]): Promise<Ran>;
  remove(): void;
}

const programs = ['apt-get', 'apt-mark', 'dpkg-query', 'dnf', 'uname', 'hostname'];

/** `kernel` is what `uname -r` says. Times in logs are UTC. */
export function createHost(manager: 'apt' | 'dnf5', kernel = '6.1.0-37-amd64'): Host {
  const root = mkdtempSync(join(tmpdir(), 'patchhaven-host-'));
  const bin = join(root, 'fake-bin');
  const answersFolder = join(root, 'answers');
  mkdirSync(bin);
  cpSync(join(fixtures, manager), answersFolder, { recursive: true });
  for (const program of programs) {
    cpSync(join(fixtures, 'program.sh'), join(bin, program));
    chmodSync(join(bin, program), 0o755);
  }
  const answers = (word: string, text: string): void => {
    writeFileSync(join(answersFolder, word), text.startsWith('exit ') ? text : `exit 0\n${text}\n`);
  };
  answers('uname', kernel);
  answers('hostname', 'web-1.acme.example');
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    FIXTURES: answersFolder,
    CALLS: join(root, 'unexpected-calls'),
    TZ: 'UTC',
  };
  const host: Host = {
    root,
    answers,
    put(path, text, writtenAt) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      if (writtenAt !== undefined) utimesSync(join(root, path), writtenAt, writtenAt);
    },
    run: async (...args) => {
      const name = manager.replace(/\d$/, '');
      return await runScript(['--root', root, '--manager', name, '--output', '-', ...args], env);
    },
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
  host.put('proc/stat', 'cpu  1 2 3\nbtime 1793000000\n');
  host.put('etc/os-release', 'PRETTY_NAME="Test \\"Linux\\" 1"\nVERSION_ID="1"\n');
  return host;
}

export async function runScript(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)('bash', [script, ...args], { env, maxBuffer: 1e8 });
    return { status: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { status: failed.code ?? -1, out: failed.stdout ?? '', err: failed.stderr ?? '' };
  }
}

/** What promtool has against the text; '' = nothing. */
export function lint(text: string): string {
  const result = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return `${result.stdout}${result.stderr}`;
}

export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** The series of one metric, as `labels value`. */
export function series(text: string, metric: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line === metric || line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .map((line) => line.slice(metric.length).trim());
}

/** Rows of `patchhaven_host_update_info` as `update kind severity status`. */
export function updates(text: string): readonly string[] {
  return series(text, 'patchhaven_host_update_info').map((line) => {
    const label = (name: string): string => new RegExp(`${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1] ?? '?';
    return ['update', 'kind', 'severity', 'status'].map(label).join(' ');
  });
}
