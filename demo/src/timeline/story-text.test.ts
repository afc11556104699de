import { describe, expect, it } from 'vitest';
import { storyClock, storyText } from './story-text.ts';

const start = Date.parse('2026-08-12T02:00:00Z') / 1000;

describe('storyClock', () => {
  it.each([
    [0, '00:00'],
    [65.9, '01:05'],
    [-5, '-00:05'],
  ])('%d s after the start is %s', (seconds, text) => {
    expect(storyClock(start + seconds, start)).toBe(text);
  });
});

describe('storyText', () => {
  it.each([
    [
      'web-01:9100 went down at 2026-08-12T02:00:05.250Z and is quiet until 2026-08-12T02:01:05.250Z: KB5041160 went in at 2026-08-12T02:00:03.000Z (ninja).',
      'web-01 went down at 00:05 and is quiet until 01:05: KB5041160 went in at 00:03 (NinjaOne).',
    ],
    ['openssl went in at 2026-08-02T02:00:00.000Z (ninja)', 'openssl went in 10 days ago (NinjaOne)'],
    ['a reboot has been pending since 2026-08-11T22:00:00.000Z', 'a reboot has been pending for 4 h'],
    ['silent since 2026-08-12 02:00:05.25 +0000 UTC', 'silent since 00:05'],
    ['Prometheus at http://127.0.0.1:9100', 'Prometheus at http://127.0.0.1:9100'],
  ])('turns "%s" into "%s"', (text, told) => {
    expect(storyText(text, start)).toBe(told);
  });
});
