import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { replaySample } from './replay/replay.ts';
import { isClean, renderMatrix, sumUp } from './report/matrix.ts';
import { renderTimeline } from './report/timeline.ts';
import { patchhaven, Runner, variantNames } from './run.ts';
import type { Verdict } from './oracle/judge.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    only: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});

const seed = Number(values.seed);
const indices = values.only === undefined ? [...Array(Number(values.count)).keys()] : [Number(values.only)];
const runner = new Runner({ seed });
const verdicts = new Map<string, Verdict[]>(variantNames.map((variant) => [variant, []]));
const perScenario: unknown[] = [];
const startedAt = performance.now();

for (const [done, index] of indices.entries()) {
  const scenario = runner.scenario(index);
  const byVariant: Record<string, Verdict> = {};
  for (const variant of variantNames) {
    const { result, verdict } = await runner.play(scenario, variant);
    byVariant[variant] = verdict;
    verdicts.get(variant)?.push(verdict);
    const hasFailed = verdict.findings.some(({ kind }) => kind !== 'excused');
    if (variant === patchhaven && (values.verbose || hasFailed)) {
      if (values.verbose) console.log(renderTimeline(scenario, result, verdict));
      else console.log(`\nFAILED: npm run scenarios -- --seed ${String(seed)} --only ${String(index)} --verbose`);
      if (!values.verbose)
        for (const { kind, device, text } of verdict.findings) console.log(`  ${kind}: device ${device}, ${text}`);
    }
  }
  perScenario.push({ seed, index, devices: scenario.devices.length, variants: byVariant });
  if (process.stderr.isTTY || (done + 1) % 100 === 0) {
    process.stderr.write(`\r${String(done + 1)} of ${String(indices.length)} scenarios`);
  }
}

const seconds = (performance.now() - startedAt) / 1000;
const rows = [...verdicts].map(([variant, list]) => sumUp(variant, list));
const [ours] = rows;
console.log(`\n\n${renderMatrix(rows)}`);
console.log(
  `\n${String(indices.length)} scenarios, ${String(ours?.judged ?? 0)} outages and dead services (${String(ours?.unclear ?? 0)} too near to a threshold), seed ${String(seed)}, ${seconds.toFixed(1)} s`,
);
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    JSON.stringify({ seed, count: indices.length, seconds, matrix: rows, scenarios: perScenario }, null, 1),
  );
}
if (ours !== undefined && !isClean(ours)) process.exitCode = 1;
if (values.replay !== undefined) await compareWithReal(Number(values.replay));

async function compareWithReal(sample: number): Promise<void> {
  console.log(`\nreplaying ${String(sample)} scenarios on the real Prometheus and Alertmanager, in scaled time`);
  for (const { index, virtual, real } of await replaySample(seed, sample)) {
    const isSame = isDeepStrictEqual(virtual, real);
    console.log(`scenario ${String(index)}: ${String(virtual.size)} groups told, ${isSame ? 'the same' : 'DIFFERENT'}`);
    if (isSame) continue;
    console.log({ virtual, real });
    process.exitCode = 1;
  }
}
