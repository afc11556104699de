import { parseAlertmanagerConfig, type AlertmanagerConfig } from '../alertmanager/config.ts';
import { Random } from '../generator/random.ts';
import type { Scenario, ScenarioDevice } from '../generator/scenario.ts';
import type { PromqlEngine } from '../promql/engine.ts';
import { parseRuleFile } from '../rules/rule-file.ts';
import { applyFaults } from '../simulation/faults.ts';
import { Machines, scrapeSeconds } from '../simulation/machines.ts';
import type { PlayResult } from '../simulation/result.ts';
import { World } from '../world/world.ts';

const groups = parseRuleFile(`
groups:
  - name: plain
    interval: 15s
    rules:
      - alert: HostDown
        expr: up{job="node"} == 0
        for: 2m
        labels: { severity: critical }
      - alert: ServiceDown
        expr: app_service_running == 0
        for: 5m
        labels: { severity: critical }
`);

/** The routing of the shipped configuration. A silence mutes at the flush, which is what an inhibition does as well. */
const alertmanager: AlertmanagerConfig = parseAlertmanagerConfig(`
route:
  receiver: pagerduty
  group_by: [alertname, organization, instance]
  group_wait: 30s
  group_interval: 30s
  repeat_interval: 4h
  routes:
    - { matchers: [alertname="Silence"], receiver: 'null' }
inhibit_rules:
  - source_matchers: [alertname="Silence"]
    target_matchers: [severity="critical"]
    equal: [organization, instance]
receivers: [{ name: 'null' }, { name: pagerduty, pagerduty_configs: [{}] }]
`);

export interface Silence {
  readonly device: ScenarioDevice;
  readonly from: number;
  readonly to: number;
}

/** HostDown and ServiceDown, and silences made by one habit or another. */
export const baselines: Readonly<Record<string, (scenario: Scenario) => readonly Silence[]>> = {
  'plain HostDown': () => [],
  'fixed maintenance window': ({ devices, night }) => devices.map((device) => ({ device, ...night })),
  'silence per patch, 60 min': perPatch,
};

const aboutPatches = new Set(['patch.install.started', 'patch.installed', 'reboot.ordered', 'maintenance.planned']);

function perPatch({ devices, deliveries }: Scenario): Silence[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  return deliveries.flatMap(({ at, device: id, event, forgery }) => {
    const device = byId.get(id);
    if (device === undefined || forgery !== undefined || !aboutPatches.has(event.type)) return [];
    return [{ device, from: at, to: at + 3600 }];
  });
}

/** Plays a scenario with plain rules and the given silences. */
export function playBaseline(scenario: Scenario, engine: PromqlEngine, silences: readonly Silence[]): PlayResult {
  const offset = Math.floor(new Random(scenario.seed, scenario.index, 'plain').next() * 15_000);
  const world = new World({
    engine,
    groups,
    alertmanager,
    startAtMs: scenario.startAt * 1000,
    ruleOffsetMs: () => offset,
  });
  const machines = new Machines(scenario, world);
  const waiting = [...silences].sort((left, right) => left.from - right.from);
  const active: Silence[] = [];
  for (let at = scenario.startAt; at <= scenario.endAt; at += scrapeSeconds) {
    machines.scrape(at, world.isPrometheusRunning);
    const wasRunning = world.alertmanager.isRunning;
    applyFaults(scenario, world, at);
    const fresh: Silence[] = [];
    while (waiting[0] !== undefined && waiting[0].from <= at) fresh.push(...waiting.splice(0, 1));
    active.push(...fresh);
    // Silences are on the disk of Alertmanager: a restart keeps them.
    announce(world, !wasRunning && world.alertmanager.isRunning ? active : fresh, at);
    world.advanceTo(at * 1000);
  }
  return {
    notifications: world.notifications,
    ruleFailures: world.ruleFailures(),
    forgeriesAccepted: [],
    notes: silences.map(({ device, from }) => ({ at: from, text: `silence for ${device.instance}` })),
    scrapes: [],
  };
}

function announce(world: World, silences: readonly Silence[], at: number): void {
  if (silences.length === 0) return;
  world.alertmanager.receive(
    silences.map(({ device, from, to }) => ({
      labels: world.labels({
        alertname: 'Silence',
        instance: device.instance,
        ...(device.isMislabelled ? {} : { organization: device.organization }),
        from: String(Math.round(from)),
      }),
      startsAtMs: Math.round(from * 1000),
      endsAtMs: Math.round(to * 1000),
    })),
    at * 1000,
  );
}
