import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { apiBench } from './api.ts';
import { budgetBench } from './budget.ts';
import type { Bench, BenchResult, Table } from './bench.ts';
import { connectorsBench } from './connectors.ts';
import { crashBench } from './crash.ts';
import { ingestBench } from './ingest.ts';
import { rulesBench } from './rules.ts';
import { scrapeBench } from './scrape.ts';
import { startBench } from './start.ts';

/** Every bench; add one by a line here. */
const benches: readonly Bench[] = [
  scrapeBench,
  ingestBench,
  crashBench,
  rulesBench,
  startBench,
  apiBench,
  connectorsBench,
  budgetBench,
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    devices: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '7' },
    without: { type: 'string', default: '' },
  },
});

function chosen(only: string | undefined): readonly Bench[] {
  if (only === undefined) return benches;
  return only.split(',').map((name) => {
    const bench = benches.find((candidate) => candidate.name === name);
    if (bench === undefined) throw new Error(`no bench ${name}; there are ${benches.map((b) => b.name).join(', ')}`);
    return bench;
  });
}

function readNumbers(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) throw new Error(`not whole numbers: ${text}`);
  return numbers.sort((a, b) => a - b);
}

function printTable({ title, columns, rows }: Table): void {
  console.log(`\n${title}\n`);
  for (const row of [columns, columns.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}

const results: BenchResult[] = [];
for (const bench of chosen(values.only)) {
  const result = await bench.run({
    devices: readNumbers(values.devices),
    rounds: readNumbers(values.rounds)[0] ?? 7,
    without: new Set(values.without.split(',')),
    log: (line) => console.error(`${bench.name}: ${line}`),
  });
  results.push(result);
  result.tables.forEach(printTable);
  const goals = result.goals.map(({ what, goal, measured, met }) => [what, goal, measured, met ? 'met' : 'MISSED']);
  printTable({ title: `Goals of ${bench.name}`, columns: ['what', 'goal', 'measured', ''], rows: goals });
}
if (values.json !== undefined) {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), node: process.version };
  await writeFile(values.json, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`);
}
