import { describe, expect, it } from 'vitest';
import { parseAlertmanagerConfig } from '../alertmanager/config.ts';
import { PromqlEngine } from '../promql/engine.ts';
import { parseRuleFile } from '../rules/rule-file.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import { World } from './world.ts';

const STEP_MS = 15_000;
const MINUTE_MS = 60_000;

const groups = parseRuleFile(`
groups:
  - name: down
    interval: 15s
    rules:
      - alert: HostDown
        expr: up{job="node"} == 0
        for: 2m
        labels: { severity: critical }
`);
const alertmanager = parseAlertmanagerConfig(`
route: { receiver: pager, group_by: [alertname, instance], group_wait: 30s, group_interval: 5m }
receivers: [{ name: pager, pagerduty_configs: [{}] }]
`);

function start(): { world: World; target: ScrapeTarget } {
  const world = new World({ engine: new PromqlEngine(), groups, alertmanager, startAtMs: 0 });
  return { world, target: world.addTarget({ job: 'node', instance: 'a' }) };
}

/** Scrapes and advances until `untilMs`; the device is down from minute 2 to minute 20. */
function play(world: World, target: ScrapeTarget, untilMs: number): void {
  for (let atMs = world.nowMs + STEP_MS; atMs <= untilMs; atMs += STEP_MS) {
    const isDown = atMs >= 2 * MINUTE_MS && atMs < 20 * MINUTE_MS;
    if (world.isPrometheusRunning && isDown) target.fail(atMs);
    else if (world.isPrometheusRunning) target.succeed(atMs, []);
    world.advanceTo(atMs);
  }
}

function told(world: World): string[] {
  return world.notifications.map(({ atMs, firing, resolved }) => {
    const seconds = String(atMs / 1000);
    return `${seconds}: ${String(firing.length)} firing, ${String(resolved.length)} resolved`;
  });
}

describe('World', () => {
  it('pages a plain outage once and resolves it at the next flush', () => {
    const { world, target } = start();
    play(world, target, 40 * MINUTE_MS);

    expect(told(world)).toEqual(['270: 1 firing, 0 resolved', '1470: 0 firing, 1 resolved']);
  });

  it('neither repeats a page nor loses its resolve when Alertmanager restarts', () => {
    const { world, target } = start();
    play(world, target, 10 * MINUTE_MS);
    world.stopAlertmanager();
    play(world, target, 11 * MINUTE_MS);
    world.startAlertmanager();
    play(world, target, 40 * MINUTE_MS);

    expect(told(world).map((line) => line.replace(/^\d+/, ''))).toEqual([
      ': 1 firing, 0 resolved',
      ': 0 firing, 1 resolved',
    ]);
  });

  it('repeats the page after a crash of Alertmanager that lost its notification log', () => {
    const { world, target } = start();
    play(world, target, 10 * MINUTE_MS);
    world.stopAlertmanager({ isCrash: true });
    world.startAlertmanager();
    play(world, target, 19 * MINUTE_MS);

    expect(told(world)).toHaveLength(2);
  });

  it('waits its full duration again when Prometheus restarts while the alert is pending', () => {
    const { world, target } = start();
    play(world, target, 3 * MINUTE_MS);
    world.stopPrometheus();
    play(world, target, 3.5 * MINUTE_MS);
    world.startPrometheus();
    play(world, target, 19 * MINUTE_MS);

    expect(told(world)).toEqual(['375: 1 firing, 0 resolved']);
  });

  it('resolves by timeout when Prometheus dies', () => {
    const { world, target } = start();
    play(world, target, 10 * MINUTE_MS);
    world.stopPrometheus();
    world.advanceTo(30 * MINUTE_MS);

    expect(told(world)).toEqual(['270: 1 firing, 0 resolved', '870: 0 firing, 1 resolved']);
  });

  it('lists pending alerts as Prometheus does, and none while it is down', () => {
    const { world, target } = start();
    play(world, target, 3 * MINUTE_MS);
    expect(world.activeAlerts().map(({ state }) => state)).toEqual(['pending']);

    world.stopPrometheus();
    expect(world.activeAlerts()).toEqual([]);
  });
});
