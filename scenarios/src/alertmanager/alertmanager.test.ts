import { describe, expect, it } from 'vitest';
import { LabelInterner } from '../promql/labels.ts';
import { Alertmanager } from './alertmanager.ts';
import { parseAlertmanagerConfig } from './config.ts';

const config = parseAlertmanagerConfig(`
route:
  receiver: pager
  group_by: [instance]
  routes: [{ matchers: [alertname="Source"], receiver: 'null' }]
inhibit_rules: [{ source_matchers: [alertname="Source"], target_matchers: [alertname="Target"], equal: [instance] }]
receivers: [{ name: 'null' }, { name: pager, pagerduty_configs: [{}] }]
`);

const HOUR_MS = 3_600_000;

function receive(...batches: string[][]): string[] {
  const interner = new LabelInterner();
  const model = new Alertmanager(config, interner, HOUR_MS);
  for (const batch of batches) {
    model.receive(
      batch.map((alertname) => ({
        labels: interner.of({ alertname, instance: 'a' }),
        startsAtMs: 0,
        endsAtMs: 2 * HOUR_MS,
      })),
      HOUR_MS,
    );
  }
  return model.notifications.map(({ firing }) => firing.map((labels) => labels.get('alertname')).join());
}

describe('Alertmanager, meeting alerts older than group_wait', () => {
  it('tells all of one batch together', () => {
    expect(receive(['X', 'Y', 'Z'])).toEqual(['X,Y,Z']);
  });

  it('mutes a target whose source came in an earlier batch', () => {
    expect(receive(['Source'], ['Target'])).toEqual([]);
  });

  it('lets a target through whose source comes in the same batch', () => {
    expect(receive(['Source', 'Target'])).toEqual(['Target']);
  });
});
