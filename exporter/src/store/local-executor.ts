import { StoreError } from '../domain/errors.ts';
import type { Engine, Transaction } from './engine.ts';
import type { Executor } from './executor.ts';
import { isRead, operation, type OperationName } from './operations/catalogue.ts';

interface Call {
  readonly isRead: boolean;
  readonly run: (tx: Transaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** More calls than this wait for the next transaction, so that one commit stays short. */
const groupLimit = 256;

export function closedError(): StoreError {
  return new StoreError('unavailable', 'the store is closed');
}

/**
 * Runs operations on an engine of this thread. Group commit: all calls that arrive while a transaction is under way
 * share the next one, so the price of reaching the disk is paid once for them.
 */
export function createLocalExecutor(engine: Engine): Executor {
  let queue: Call[] = [];
  let writer: Promise<void> | undefined;
  const readers = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const runAlone = async (call: Call): Promise<void> => {
    try {
      call.resolve(await engine.transaction(call.isRead ? 'read' : 'write', (tx) => call.run(tx)));
    } catch (error) {
      call.reject(engine.explain(error) ?? error);
    }
  };

  const runTogether = async (calls: readonly Call[]): Promise<void> => {
    let decided = false;
    try {
      const results = await engine.transaction(calls.every((call) => call.isRead) ? 'read' : 'write', async (tx) => {
        const values: unknown[] = [];
        for (const call of calls) values.push(await call.run(tx));
        decided = true;
        return values;
      });
      calls.forEach((call, i) => {
        call.resolve(results[i]);
      });
    } catch (error) {
      const explained = engine.explain(error) ?? error;
      const brokenByOne = !decided && !(explained instanceof StoreError && explained.kind === 'unavailable');
      if (!brokenByOne) {
        for (const call of calls) call.reject(explained);
        return;
      }
      // One call spoiled it, and nothing was stored: each now stands for itself.
      for (const call of calls) await runAlone(call);
    }
  };

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const calls = queue.slice(0, groupLimit);
      queue = queue.slice(groupLimit);
      const [only, ...others] = calls;
      if (only !== undefined && others.length === 0) await runAlone(only);
      else await runTogether(calls);
      // Lets answers go out, and lets what arrived meanwhile join the next group.
      await new Promise((resolve) => setImmediate(resolve));
      await engine.maintain();
    }
    writer = undefined;
  };

  const enqueue = (call: Call): void => {
    queue.push(call);
    writer ??= new Promise((resolve) => setImmediate(resolve)).then(drain);
  };

  const readAside = (call: Call): void => {
    const done = (writer ?? Promise.resolve()).then(() => runAlone(call));
    readers.add(done);
    void done.then(() => readers.delete(done));
  };

  return {
    execute: (name: OperationName, input: unknown) => {
      if (closing !== undefined) return Promise.reject(closedError());
      return new Promise<never>((resolve, reject) => {
        const call: Call = {
          isRead: isRead(name),
          run: (tx) => operation(name)(tx, input),
          resolve: (value) => {
            resolve(value as never);
          },
          reject,
        };
        if (call.isRead && engine.concurrentReads) readAside(call);
        else enqueue(call);
      });
    },
    close: () => {
      closing ??= (async () => {
        await writer;
        await Promise.all(readers);
        await engine.close();
      })();
      return closing;
    },
  };
}
