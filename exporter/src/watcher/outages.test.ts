import { describe, expect, it } from 'vitest';
import { readOutages, type OutageRules } from './outages.ts';
import { promqlAnyOf } from '../domain/promql.ts';
import type { PrometheusAlert } from './prometheus-client.ts';

const rules: OutageRules = {
  downAlerts: new Set(['InstanceDown']),
  deviceOf: (organization, instance) => (instance === 'stranger' ? undefined : `${organization ?? ''}/${instance}`),
};

function alert(
  labels: Record<string, string>,
  state: PrometheusAlert['state'] = 'pending',
  activeAt = 100,
): PrometheusAlert {
  return { labels: { instance: 'web', ...labels }, state, activeAt, organization: 'o' };
}
const read = (...alerts: PrometheusAlert[]) => readOutages(alerts, rules).byDevice.get('o/web');

describe('readOutages', () => {
  it('knows our own alerts by patch_state, the users’ by name or label, and nothing else', () => {
    for (const labels of [
      { patch_state: 'down' },
      { patch_state: 'quiet' },
      { alertname: 'InstanceDown' },
      { patch_aware: 'down' },
    ]) {
      expect(read(alert(labels))).toBeDefined();
    }
    for (const labels of [{ alertname: 'HighCpu' }, { patch_aware: 'window' }, { patch_state: 'something' }]) {
      expect(read(alert(labels))).toBeUndefined();
    }
  });
  it('dates the outage by its earliest alert', () => {
    expect(
      read(alert({ alertname: 'InstanceDown' }, 'pending', 130), alert({ patch_state: 'down' }, 'pending', 100))
        ?.downAt,
    ).toBe(100);
  });
  it('counts as paged what our paging alerts fire, not what is pending, quiet or a user’s own', () => {
    expect(read(alert({ patch_state: 'down' }, 'firing'))?.paged).toBe(true);
    expect(read(alert({ patch_state: 'overdue' }, 'firing'))?.paged).toBe(true);
    expect(read(alert({ patch_state: 'down' }, 'pending'))?.paged).toBe(false);
    expect(read(alert({ patch_state: 'quiet' }, 'firing'))?.paged).toBe(false);
    expect(read(alert({ alertname: 'InstanceDown' }, 'firing'))?.paged).toBe(false);
  });
  it('never mutes a device of which one alert says never', () => {
    expect(
      read(alert({ patch_state: 'down' }), alert({ patch_aware: 'down', patch_suppress: 'never' }))?.neverSuppress,
    ).toBe(true);
  });
  it('leaves out inactive alerts, alerts without instance, and counts strangers', () => {
    const seen = readOutages(
      [
        alert({ patch_state: 'down' }, 'inactive'),
        alert({ patch_state: 'down', instance: '' }),
        alert({ patch_state: 'down', instance: 'stranger' }),
      ],
      rules,
    );
    expect(seen.byDevice.size).toBe(0);
    expect(seen.strangers).toBe(1);
  });
});

describe('promqlAnyOf', () => {
  it('matches the texts literally', () => {
    expect(promqlAnyOf(['a.b:9100', 'c"d'])).toBe('"a\\\\.b:9100|c\\"d"');
  });
});
