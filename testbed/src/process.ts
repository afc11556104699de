import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './clock/wait.ts';
import { guardFolder, guardProcessGroup, releaseProcessGroup } from './guardian.ts';

/** Whom a child runs as when we are root and it refuses root. */
export interface UserIds {
  uid: number;
  gid: number;
}

export interface ProcessOptions {
  /** Short name for errors and the folder, for example 'prometheus'. */
  name: string;
  file: string;
  args: string[];
  /** Where the child runs and logs; make it with `createWorkFolder`. */
  folder: string;
  env?: NodeJS.ProcessEnv;
  user?: UserIds;
  /** True once the program answers; a throw counts as "not yet". */
  ready: () => Promise<boolean>;
  /** Default 20 s. */
  readyTimeoutMs?: number;
  /** What asks for a clean end, default SIGTERM. SIGKILL follows after 10 s. */
  stopSignal?: NodeJS.Signals;
}

/** A real program that can be ended and begun again on the same port and data. */
export interface ManagedProcess {
  readonly logFile: string;
  /** Undefined while it is stopped. */
  pid(): number | undefined;
  /** The newest lines of stdout and stderr, default 40. */
  logs(lines?: number): string;
  /** Resolves when the program is ready; throws with its last log lines when it ends first or takes too long. */
  start(): Promise<void>;
  /** A clean end; nothing happens when it is stopped already. */
  stop(): Promise<void>;
  /** kill -9: no flush, no farewell. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const stopGraceMs = 10_000;

/** A temporary folder of its own, removed when this process ends; `owner` for a child that runs as another user. */
export function createWorkFolder(name: string, owner?: UserIds): string {
  const folder = mkdtempSync(path.join(tmpdir(), `patchhaven-${name}-`));
  guardFolder(folder);
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function whenEnded(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
}

/** Leads a process group of its own: Ctrl-C in the terminal reaches only us, and `kill -pid` reaches its children too. */
function spawnInGroup({ file, args, folder, env, user }: ProcessOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(file, args, {
      cwd: folder,
      env: env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...user,
    });
  } finally {
    closeSync(log);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || hasEnded(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Describes a program without starting it; `startProcess` does both. */
export function createProcess(options: ProcessOptions): ManagedProcess {
  const logFile = path.join(options.folder, `${options.name}.log`);
  let child: ChildProcess | undefined;

  const logs = (lines = 40) => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');

  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    if (ending === undefined) return;
    const ended = whenEnded(ending);
    signalGroup(ending, signal);
    const impatience = setTimeout(() => {
      signalGroup(ending, 'SIGKILL');
    }, stopGraceMs);
    await ended;
    clearTimeout(impatience);
  };

  const start = async () => {
    if (child !== undefined) throw new Error(`${options.name} is running already`);
    const started = spawnInGroup(options, logFile);
    let spawnError: Error | undefined;
    started.once('error', (error) => {
      spawnError = error;
      child = undefined;
    });
    started.once('exit', () => {
      if (started.pid !== undefined) releaseProcessGroup(started.pid);
      child = undefined;
    });
    if (started.pid !== undefined) guardProcessGroup(started.pid);
    child = started;
    try {
      const outcome = await eventually(
        async () => (spawnError !== undefined || hasEnded(started) ? 'ended' : (await options.ready()) && 'ready'),
        { timeoutMs: options.readyTimeoutMs ?? 20_000, intervalMs: 30, what: `${options.name} to be ready` },
      );
      if (outcome === 'ready') return;
    } catch (cause) {
      await end('SIGKILL');
      throw new Error(`${options.name} did not become ready\n${logs()}`, { cause });
    }
    throw new Error(`${options.name} ended while starting\n${logs()}`, { cause: spawnError });
  };

  const stop = () => end(options.stopSignal ?? 'SIGTERM');

  return {
    logFile,
    pid: () => child?.pid,
    logs,
    start,
    stop,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await stop();
      await start();
    },
  };
}

/** Starts a program and resolves when it is ready. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const managed = createProcess(options);
  await managed.start();
  return managed;
}

/** A `ready` check: true when a GET answers 2xx within a second. */
export function answersHttp(url: string): () => Promise<boolean> {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  };
}
