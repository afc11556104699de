import { expect, it } from 'vitest';
import { measureThroughput } from './support/throughput.ts';

it('runs a world of 20 devices and 3 hours in less than 0.18 s: 1,000 of them in 3 minutes', () => {
  measureThroughput();
  const { secondsPerWorld, notifications } = measureThroughput();

  expect(notifications).toBeGreaterThan(0);
  expect(secondsPerWorld).toBeLessThan(0.18);
});
