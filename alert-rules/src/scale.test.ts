import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { scaleAnnotation, scaleDuration, scaleExpression, scaleRules } from './scale.ts';

const RULES = new URL('../rules/', import.meta.url);
const files = readdirSync(RULES).map((name) => ({ name, text: readFileSync(new URL(name, RULES), 'utf8') }));

describe('scaleDuration', () => {
  it.each([
    ['10m', 0.01, '6000ms'],
    ['1h30m', 0.001, '5400ms'],
    ['250ms', 2, '500ms'],
    ['0s', 0.01, '0s'],
  ])('makes %s × %d %s', (duration, factor, expected) => {
    expect(scaleDuration(duration, factor)).toBe(expected);
  });

  it('refuses a duration that would become zero', () => {
    expect(() => scaleDuration('15s', 0.00001)).toThrow('shorter than a millisecond');
  });

  it('refuses what is not a duration', () => {
    expect(() => scaleDuration('ten minutes', 1)).toThrow('not a Prometheus duration');
  });
});

describe('scaleExpression', () => {
  it.each([
    ['last_over_time(a[10m]) < time() + 14400', 'last_over_time(a[6000ms]) < time() + 144'],
    ['time() - ALERTS > 7200', 'time() - ALERTS > 72'],
    ['a offset 30s == 1', 'a offset 300ms == 1'],
    ['max_over_time(a[1h:1m])', 'max_over_time(a[36000ms:600ms])'],
    ['0 * up{job="node9100", zone=~"7200"} == 0', '0 * up{job="node9100", zone=~"7200"} == 0'],
    ['patch:host2_down_at:seconds > time() - 60', 'patch:host2_down_at:seconds > time() - 0.6'],
  ])('scales %s', (expression, expected) => {
    expect(scaleExpression(expression, 0.01)).toBe(expected);
  });

  it.each(['a > 42', 'a > 1.5', 'a > 1e3', 'time() - a > 30m'])('refuses the number in %s', (expression) => {
    expect(() => scaleExpression(expression, 0.01)).toThrow('list it in scale.ts');
  });
});

describe('scaleAnnotation', () => {
  it('scales queries and leaves words alone', () => {
    const template =
      'missing for 14 days, {{ with printf "last_over_time(a{instance=%q}[1h])" $labels.instance | query }}{{ . | first | label "patches" }}{{ end }} ' +
      '{{ with query "time() - 10800" }}{{ . | first | value | printf "%.0f" }}{{ end }}000';
    expect(scaleAnnotation(template, 0.01)).toBe(
      'missing for 14 days, {{ with printf "last_over_time(a{instance=%q}[36000ms])" $labels.instance | query }}{{ . | first | label "patches" }}{{ end }} ' +
        '{{ with query "time() - 108" }}{{ . | first | value | printf "%.0f" }}{{ end }}000',
    );
  });
});

describe('scaleRules', () => {
  it.each(files)('scales every duration of $name and nothing else', ({ text }) => {
    const scaled = scaleRules(text, 0.01);
    const durations = (source: string) => [...source.matchAll(/(?:for|interval): *(\d+)(ms|[smhd])$/gm)];
    expect(durations(scaled)).toHaveLength(durations(text).length);
    expect(durations(scaled).every(([, count, unit]) => unit === 'ms' || count === '0')).toBe(true);
    expect(scaled).not.toMatch(/\[\d+[smhd]\]|offset \d+[smhd]\b/);
  });

  it.each(files)('keeps the meaning of $name at factor 1', ({ text }) => {
    const ms = (value: unknown): unknown =>
      typeof value === 'string'
        ? value.replace(/\b\d+(?:ms|[smhd])\b/g, (duration) => scaleDuration(duration, 1))
        : Array.isArray(value)
          ? value.map(ms)
          : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ms(item)]))
            : value;
    expect(ms(parse(scaleRules(text, 1)))).toEqual(ms(parse(text)));
  });

  it.each([
    ['a key it does not know', 'groups: [{name: a, query_offset: 1m, rules: []}]', 'unknown key'],
    ['a number it does not know', 'groups: [{name: a, rules: [{record: b, expr: c > 77}]}]', 'cannot tell'],
    ['a file without groups', 'scrape_configs: []', 'no groups'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => scaleRules(text, 0.01)).toThrow(message);
  });
});
