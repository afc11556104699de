import { setTimeout as timeout } from 'node:timers/promises';

/** Waits; rejects as soon as the signal aborts. Injected wherever product code waits, so that tests decide how long. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export const systemSleep: Sleep = async (ms, signal) => {
  await timeout(ms, undefined, signal === undefined ? {} : { signal });
};
