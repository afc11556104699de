import { setImmediate } from 'node:timers/promises';

/** Cuts long work into slices so that the event loop stays free between them. */
export interface Slicer {
  /** True when it is time to let others run. */
  isSpent(): boolean;
  /**
   * Undefined while the slice lasts, otherwise resolves after the event loop had a turn. Loops over a whole fleet await
   * only what is not undefined: a microtask for each device is a good part of such a loop.
   */
  breathe(): Promise<void> | undefined;
}

/** Measures on the monotonic clock, not on the product's: a slice is about this thread, not about the world. */
export function createSlicer(sliceMs: number, monotonicMs: () => number = () => performance.now()): Slicer {
  let endsAt = monotonicMs() + sliceMs;
  const isSpent = (): boolean => monotonicMs() >= endsAt;
  return {
    isSpent,
    breathe() {
      if (!isSpent()) return undefined;
      return setImmediate().then(() => {
        endsAt = monotonicMs() + sliceMs;
      });
    },
  };
}
