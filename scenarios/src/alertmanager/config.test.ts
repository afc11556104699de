import { describe, expect, it } from 'vitest';
import { LabelInterner } from '../promql/labels.ts';
import { matchesAll } from '../promql/matcher.ts';
import { parseAlertmanagerConfig } from './config.ts';
import { parseMatchers } from './matchers.ts';
import { matchRoutes } from './routing.ts';

describe('parseMatchers', () => {
  const labels = new LabelInterner().of({ severity: 'critical', note: 'a, b' });

  it.each([
    ['severity="critical"', true],
    ['severity=critical', true],
    ['severity =~ "crit.*"', true],
    ['severity!~"crit"', true],
    ['instance!=""', false],
    ['instance=""', true],
    ['{severity="critical",note="a, b"}', true],
    ['severity="critical",note="a"', false],
  ])('%s → %s', (text, expected) => {
    expect(matchesAll(parseMatchers(text), labels)).toBe(expected);
  });
});

describe('parseAlertmanagerConfig', () => {
  const config = parseAlertmanagerConfig(`
route:
  receiver: default
  group_by: [alertname]
  routes:
    - { matchers: [a="1"], receiver: audit, continue: true }
    - { match: { a: '1' }, receiver: one, group_wait: 5s, routes: [{ match_re: { b: x|y }, receiver: deep }] }
    - { matchers: [a=~"1|2"], receiver: two, group_by: ['...'] }
receivers: [{ name: default, slack_configs: [{}], webhook_configs: [{ send_resolved: false }, {}] }]
`);
  const route = (labels: Record<string, string>) =>
    matchRoutes(config.route, new LabelInterner().of(labels)).map(({ receiver }) => receiver);

  it('takes the deepest match and goes on only after continue', () => {
    expect(route({ a: '1' })).toEqual(['audit', 'one']);
    expect(route({ a: '1', b: 'x' })).toEqual(['audit', 'deep']);
    expect(route({ a: '2' })).toEqual(['two']);
    expect(route({})).toEqual(['default']);
  });

  it('inherits timers and knows which integrations tell resolves', () => {
    expect(config.route.routes[1]?.routes[0]).toMatchObject({ groupWaitMs: 5_000, groupBy: ['alertname'] });
    expect(config.receivers.get('default')?.map(({ sendsResolved }) => sendsResolved)).toEqual([false, false, true]);
  });

  it('refuses what it does not model', () => {
    const withTimes = 'route: { receiver: a, mute_time_intervals: [night] }\nreceivers: [{ name: a }]';
    expect(() => parseAlertmanagerConfig(withTimes)).toThrow('mute_time_intervals');
  });
});
