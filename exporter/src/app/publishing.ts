import { startLoop, type Loop, type LoopOptions } from './loop.ts';

/** While nothing urgent waits, publishing takes at most a twentieth of the time, within these bounds of delay. */
const restFactor = 20;
const shortestPauseMs = 1000;
const longestPauseMs = 5000;

export interface Publishing {
  /** A window has changed: publishes at once, or when half of the time since the last publish was left to others. */
  hurry(): void;
  stop(): Promise<void>;
}

/**
 * Publishes again and again. Devices that keep changing are shown the later, the more it costs to show them; the
 * publication of a window waits for none of that.
 */
export function startPublishing(publish: () => Promise<void>, log: LoopOptions['log']): Publishing {
  let isRunning = false;
  let isUrgent = false;
  let costMs = 0;
  let endedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const urgentPauseMs = (): number => Math.min(costMs, shortestPauseMs);
  const pauseMs = (): number => Math.min(Math.max(costMs * restFactor, shortestPauseMs), longestPauseMs);

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    isRunning = true;
    isUrgent = false;
    const startedAt = performance.now();
    try {
      await publish();
    } finally {
      isRunning = false;
      endedAt = performance.now();
      costMs = endedAt - startedAt;
    }
  };
  const loop: Loop = startLoop(run, {
    name: 'publish',
    intervalSeconds: () => (isUrgent ? urgentPauseMs() : pauseMs()) / 1000,
    log,
  });

  return {
    hurry() {
      if (isUrgent) return;
      isUrgent = true;
      if (isRunning) return;
      const waitMs = Math.max(0, endedAt + urgentPauseMs() - performance.now());
      timer = setTimeout(() => {
        loop.nudge();
      }, waitMs);
    },
    stop() {
      clearTimeout(timer);
      return loop.stop();
    },
  };
}
