import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './job.ts';

/** A load process, driven from here. */
export interface Loader {
  /** One job at a time. Rejects when a request was not answered with success. */
  run(job: LoadJob): Promise<LoadResult>;
  stop(): void;
}

export function startLoader(): Loader {
  const child = fork(fileURLToPath(new URL('./client.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  return {
    run: async (job) => {
      const answer = once(child, 'message') as Promise<[{ result?: LoadResult; error?: string }]>;
      child.send(job);
      const [{ result, error }] = await answer;
      if (result === undefined) throw new Error(`${job.url} under load: ${error ?? 'no result'}`);
      return result;
    },
    stop: () => {
      child.disconnect();
    },
  };
}
