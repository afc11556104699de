import { expect, it } from 'vitest';
import { replaySample } from '../src/replay/replay.ts';

it('tells the real receivers what the virtual ones were told', { timeout: 110_000 }, async () => {
  const replays = await replaySample(1, 2);

  expect(replays).toHaveLength(2);
  for (const { virtual, real } of replays) {
    expect(virtual.size).toBeGreaterThan(0);
    expect(new Map(real)).toEqual(new Map(virtual));
  }
});
