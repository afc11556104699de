import { describe, expect, it } from 'vitest';
import { createReadCounters } from '../tally.ts';
import { createLocalTimeReader } from '../vendor-time.ts';
import { mapChecks, mapServices } from './health.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const row = (last_run: string | null, status: string | null = 'passing') => ({
  name: null,
  readable_desc: 'Service Check: Print Spooler',
  check_result: { status, last_run },
});
const seen = (last_run: string | null, zone?: string) => {
  const counters = createReadCounters();
  const [check] = mapChecks([row(last_run)], createLocalTimeReader(zone), counters);
  return { at: check?.observedAt, dropped: counters.dropped.toTally() };
};

describe('the last run of a check', () => {
  it('is taken as it is with a zone, and in the zone of the server without one', () => {
    expect(seen('2026-08-11T13:04:31.120Z').at).toBe(at('2026-08-11T13:04:31.120Z'));
    expect(seen('2026-08-11T15:04:31+02:00').at).toBe(at('2026-08-11T13:04:31Z'));
    expect(seen('2026-08-11T15:04:31.120', 'Europe/Berlin').at).toBe(at('2026-08-11T13:04:31Z'));
  });

  it('is unknown without a zone, in an hour that happens twice, and where there is none', () => {
    expect(seen('2026-08-11T15:04:31')).toEqual({ at: undefined, dropped: { 'time.no_zone': 1 } });
    expect(seen('2026-10-25T02:30:00', 'Europe/Berlin')).toEqual({ at: undefined, dropped: { 'time.ambiguous': 1 } });
    expect(seen(null)).toEqual({ at: undefined, dropped: {} });
  });
});

describe('states', () => {
  it.each([
    ['passing', 'good'],
    ['failing', 'bad'],
    ['pending', 'unknown'],
    ['snoozed', 'unknown'],
    [null, 'unknown'],
  ])('takes a check that is %s for %s', (status, state) => {
    const [check] = mapChecks([row(null, status)], createLocalTimeReader('UTC'), createReadCounters());
    expect(check?.state).toBe(state);
  });

  it.each([
    ['running', 'Automatic', 'good', true],
    ['start_pending', 'auto', 'bad', true],
    ['start pending', 'Manual', 'bad', false],
    ['stopped', 'Disabled', 'bad', false],
    ['unknown', null, 'unknown', false],
  ])('takes a service that is %s and starts %s for %s', (status, start_type, state, automatic) => {
    const [service] = mapServices([{ name: 'Spooler', status, start_type }], 7, createReadCounters());
    expect(service).toMatchObject({ name: 'Spooler', state, automatic, observedAt: 7 });
  });

  it('has nothing to say of a check that never ran', () => {
    const never = { name: 'Ping', readable_desc: null, check_result: null };
    expect(mapChecks([never], createLocalTimeReader('UTC'), createReadCounters())).toEqual([
      { name: 'Ping', state: 'unknown', word: 'in an unknown state', automatic: false },
    ]);
  });
});
