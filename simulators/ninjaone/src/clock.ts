/** Where "now" comes from, in seconds since 1970-01-01T00:00:00Z with fractions. */
export interface SimulatorClock {
  now(): number;
}

export interface ManualClock extends SimulatorClock {
  advance(seconds: number): void;
}

export const wallClock: SimulatorClock = { now: () => Date.now() / 1000 };

/** A clock that moves only when told to. */
export function createManualClock(startUnixSeconds: number): ManualClock {
  let now = startUnixSeconds;
  return {
    now: () => now,
    advance: (seconds) => {
      now += seconds;
    },
  };
}
