import { readFileSync } from 'node:fs';
import { parseAlertmanagerConfig } from '../../src/alertmanager/config.ts';
import { PromqlEngine } from '../../src/promql/engine.ts';
import { parseRuleFile } from '../../src/rules/rule-file.ts';
import { readAlertRuleFiles } from './alert-rule-files.ts';
import { World } from '../../src/world/world.ts';

const WORLDS = 20;
const DEVICES = 20;
const HOURS = 3;
const STEP_MS = 15_000;
const START_MS = 1_750_000_000_000;

const repository = new URL('../../../', import.meta.url);

/** Measures how fast worlds run: the shipped rules and routing, every device scraped each 15 s, some always down. */
export function measureThroughput(): { worlds: number; secondsPerWorld: number; notifications: number } {
  const engine = new PromqlEngine();
  const groups = readAlertRuleFiles().flatMap((text) => parseRuleFile(text));
  const config = readFileSync(new URL('alert-rules/alertmanager/alertmanager.yml', repository), 'utf8');
  const alertmanager = parseAlertmanagerConfig(config);
  let notifications = 0;
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < WORLDS; index++) {
    const world = new World({ engine, groups, alertmanager, startAtMs: START_MS });
    playOutages(world, index);
    notifications += world.notifications.length;
    if (world.ruleFailures().length > 0) throw new Error(JSON.stringify(world.ruleFailures()[0]));
  }
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  return { worlds: WORLDS, secondsPerWorld: seconds / WORLDS, notifications };
}

function playOutages(world: World, seed: number): void {
  const exporter = world.addTarget({ job: 'patchhaven', instance: 'patchhaven:9879' });
  const devices = Array.from({ length: DEVICES }, (_, index) => {
    const identity = { organization: 'acme', instance: `host-${String(index)}:9100` };
    return {
      target: world.addTarget({ job: 'node', ...identity }),
      series: ['last_install', 'last_boot', 'last_seen', 'quiet_until'].map((name) =>
        world.labels({ __name__: `patch_device_${name}_timestamp_seconds`, job: 'patchhaven', ...identity }),
      ),
    };
  });
  for (let step = 0; step < (HOURS * 3_600_000) / STEP_MS; step++) {
    const atMs = START_MS + step * STEP_MS;
    const phase = (index: number) => (step + seed * 7 + index * 37) % 240;
    devices.forEach(({ target }, index) => {
      if (phase(index) < 20) target.fail(atMs);
      else target.succeed(atMs, []);
    });
    const quietUntil = atMs / 1000 + 600;
    exporter.succeed(
      atMs,
      devices.flatMap(({ series }, index) =>
        (phase(index) < 20 && index % 2 === 0 ? series : series.slice(0, 3)).map((labels) => ({
          labels,
          value: quietUntil,
        })),
      ),
    );
    world.advanceTo(atMs);
  }
}
