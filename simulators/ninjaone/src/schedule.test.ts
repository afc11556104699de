import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from './clock.ts';
import { createSchedule } from './schedule.ts';

describe('schedule', () => {
  it('runs what is due in time order, equal times in the order of asking, and keeps the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), fc.integer({ min: 0, max: 20 }), (times, now) => {
        const clock = createManualClock(0);
        const schedule = createSchedule(clock);
        const ran: { time: number; n: number }[] = [];
        times.forEach((time, n) => {
          schedule.at(time, () => ran.push({ time, n }));
        });
        clock.advance(now);
        schedule.runDue();
        const due = times.map((time, n) => ({ time, n })).filter(({ time }) => time <= now);
        expect(ran).toEqual(due.sort((a, b) => a.time - b.time || a.n - b.n));
        expect(schedule.pending).toBe(times.length - due.length);
      }),
    );
  });

  it('runs in the same go what a step plans for a time already reached', () => {
    const clock = createManualClock(10);
    const schedule = createSchedule(clock);
    const ran: number[] = [];
    schedule.at(5, (at) => {
      ran.push(at);
      schedule.at(7, (later) => ran.push(later));
    });
    schedule.runDue();
    expect(ran).toEqual([5, 7]);
  });
});
