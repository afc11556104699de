import { parentPort, workerData } from 'node:worker_threads';
import { StoreError } from '../../domain/errors.ts';
import { createLocalExecutor } from '../local-executor.ts';
import { openSqlite, type SqliteOptions } from './sqlite.ts';
import type { Answer, Request } from './sqlite-messages.ts';

/** The thread that owns the SQLite file: opens it, answers requests, closes it on `close`. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('runs as a worker thread only');

  // Answers of one commit travel together.
  let answers: Answer[] = [];
  const answer = (message: Answer): void => {
    if (answers.push(message) > 1) return;
    queueMicrotask(() => {
      port.postMessage(answers);
      answers = [];
    });
  };
  const fail = (id: number, error: unknown): void => {
    const kind = error instanceof StoreError ? error.kind : undefined;
    answer({ id, error: { ...(kind === undefined ? {} : { kind }), message: messageOf(error) } });
  };

  const engine = await openSqlite(workerData as SqliteOptions).catch((error: unknown) => {
    fail(0, error);
  });
  if (engine === undefined) return;
  const executor = createLocalExecutor(engine);
  port.on('message', ({ id, name, input }: Request) => {
    const done = name === 'close' ? executor.close() : executor.execute(name, input as never);
    done.then(
      (value: unknown) => {
        answer({ id, value });
        if (name === 'close')
          setImmediate(() => {
            port.close();
          });
      },
      (error: unknown) => {
        fail(id, error);
      },
    );
  });
  answer({ id: 0, value: undefined });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
