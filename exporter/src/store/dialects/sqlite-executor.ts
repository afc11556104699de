import { Worker } from 'node:worker_threads';
import { StoreError } from '../../domain/errors.ts';
import type { Executor } from '../executor.ts';
import { closedError } from '../local-executor.ts';
import type { Answer, Request } from './sqlite-messages.ts';
import type { SqliteOptions } from './sqlite.ts';

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Requests under way with one worker thread; the thread's death rejects them all. */
interface Connection {
  send(name: Request['name'], input: unknown): Promise<never>;
}

/** Owns the worker thread with the SQLite file. Rejects with StoreError when the file cannot be opened. */
export async function startSqliteExecutor(options: SqliteOptions): Promise<Executor> {
  let connection: Promise<Connection> | undefined;
  let closing: Promise<void> | undefined;
  const connect = (): Promise<Connection> => {
    // A thread that died, or a file that would not open, gets another chance with the next call.
    const opening = openConnection(options, () => {
      if (connection === opening) connection = undefined;
    });
    connection = opening;
    return opening;
  };
  let current = await connect();

  return {
    execute: async (name, input) => {
      if (closing !== undefined) throw closedError();
      if (connection === undefined) current = await connect();
      return current.send(name, input);
    },
    close: () => {
      closing ??= connection === undefined ? Promise.resolve() : current.send('close', null);
      return closing;
    },
  };
}

function openConnection(options: SqliteOptions, onEnd: () => void): Promise<Connection> {
  const worker = startWorker(options);
  const pending = new Map<number, Pending>();
  let lastId = 0;

  const wait = (id: number) =>
    new Promise<never>((resolve, reject) => {
      pending.set(id, { resolve, reject });
    });
  const end = (cause: unknown): void => {
    onEnd();
    const error = new StoreError('unavailable', 'the thread that writes the store has ended', { cause });
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) settle(pending, answer);
  });
  worker.once('error', end);
  worker.once('exit', end);

  const connection: Connection = {
    send: (name, input) => {
      lastId += 1;
      worker.postMessage({ id: lastId, name, input } satisfies Request);
      return wait(lastId);
    },
  };
  return wait(0).then(() => connection);
}

function settle(pending: Map<number, Pending>, answer: Answer): void {
  const call = pending.get(answer.id);
  if (call === undefined) return;
  pending.delete(answer.id);
  if ('value' in answer) {
    call.resolve(answer.value as never);
    return;
  }
  const { kind, message } = answer.error;
  call.reject(kind === undefined ? new Error(message) : new StoreError(kind, message));
}

/** The built product has JavaScript beside this file; tests and tools have TypeScript, which the thread must load too. */
function startWorker(workerData: SqliteOptions): Worker {
  const file = import.meta.url.endsWith('.ts') ? './sqlite-worker-source.mjs' : './sqlite-worker.js';
  return new Worker(new URL(file, import.meta.url), { workerData });
}
