import type { Logger } from 'pino';

/** Work that repeats: never overlapping, each pause counted from the end of the run before. */
export interface Loop {
  /** Runs the work now, or once more after the run that is under way. */
  nudge(): void;
  /** Ends the loop and waits for the run that is under way. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly name: string;
  /** Read before each pause, so that a reload takes effect. */
  readonly intervalSeconds: () => number;
  readonly log: Pick<Logger, 'error'>;
}

/** Starts at once. A run that throws is logged and does not end the loop. */
export function startLoop(work: () => Promise<void>, options: LoopOptions): Loop {
  let stopped = false;
  let again = false;
  let wake: (() => void) | undefined;

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, options.intervalSeconds() * 1000);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!stopped) {
      again = false;
      try {
        await work();
      } catch (error) {
        options.log.error({ loop: options.name, err: error }, 'a periodic task failed');
      }
      if (stopped || again) continue;
      await pause();
      wake = undefined;
    }
  };
  const ended = run();

  return {
    nudge() {
      again = true;
      wake?.();
    },
    stop() {
      stopped = true;
      wake?.();
      return ended;
    },
  };
}
