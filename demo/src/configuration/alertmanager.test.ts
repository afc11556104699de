import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { delivered } from './delivered.ts';
import { rewriteAlertmanager } from './alertmanager.ts';

const places = {
  factor: 1 / 30,
  pagerDutyUrl: 'http://127.0.0.1:1/v2/enqueue',
  routingKeyFile: '/tmp/key',
  chatUrl: 'http://127.0.0.1:2',
};

interface Receiver {
  name: string;
  [kind: string]: unknown;
}

describe('rewriteAlertmanager', () => {
  const before = parse(delivered.alertmanager()) as { route: Record<string, unknown>; inhibit_rules: unknown };
  const text = rewriteAlertmanager(delivered.alertmanager(), places);
  const after = parse(text) as {
    route: Record<string, unknown> & { routes: Record<string, unknown>[] };
    inhibit_rules: unknown;
    receivers: Receiver[];
  };
  const receiver = (name: string) => after.receivers.find((candidate) => candidate.name === name);

  it('scales every timer of every route and leaves matchers and grouping alone', () => {
    expect(after.route).toMatchObject({ group_wait: '1000ms', group_interval: '10000ms', repeat_interval: '480000ms' });
    const paging = after.route.routes.find(({ receiver: name }) => name === 'pagerduty');
    expect(paging).toMatchObject({
      matchers: ['severity="critical"'],
      group_by: ['alertname', 'organization', 'instance'],
      group_wait: '1000ms',
      group_interval: '1000ms',
    });
    const withoutTimers = (yaml: string) => yaml.replace(/(group_wait|group_interval|repeat_interval)":"[^"]*"/g, '');
    expect(withoutTimers(JSON.stringify(after.route))).toBe(withoutTimers(JSON.stringify(before.route)));
  });

  it('keeps inhibition as delivered', () => {
    expect(after.inhibit_rules).toEqual(before.inhibit_rules);
  });

  it('sends pages to the given PagerDuty, with the delivered texts', () => {
    expect(receiver('pagerduty')).toMatchObject({
      pagerduty_configs: [
        { url: places.pagerDutyUrl, routing_key_file: '/tmp/key', description: '{{ template "patchhaven.title" . }}' },
      ],
    });
  });

  it('lets nothing leave the machine', () => {
    expect(receiver('slack')).toEqual({
      name: 'slack',
      webhook_configs: [{ url: places.chatUrl, send_resolved: true }],
    });
    expect([...text.matchAll(/https?:\/\/[^\s'"]+/g)].map(([url]) => url)).toEqual([
      places.pagerDutyUrl,
      places.chatUrl,
    ]);
  });

  it('refuses a file without a PagerDuty receiver instead of running a story that cannot page', () => {
    expect(() => rewriteAlertmanager('route: {receiver: a}\nreceivers: [{name: a}]\n', places)).toThrow('PagerDuty');
  });
});
