import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { requireProgram } from '../../../testbed/src/binaries.ts';
import type { Vector } from '../../src/promql/value.ts';

export const STEP_MS = 15_000;

/** One series in promtool's notation: a number per 15 s step, `_` for no sample, `stale` for a staleness marker. */
export interface InputSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (number | '_' | 'stale')[];
}

export interface ExpectedResult {
  readonly expr: string;
  readonly atMs: number;
  readonly result: Vector;
}

export interface PromtoolCase {
  readonly input: readonly InputSeries[];
  readonly expected: readonly ExpectedResult[];
}

export interface PromtoolVerdict {
  readonly isSuccess: boolean;
  readonly output: string;
}

/** Runs all cases as one `promtool test rules`; `ruleFiles` are texts, `groupOrder` the names of their groups. */
export async function runPromtool(
  cases: readonly PromtoolCase[],
  ruleFiles: readonly string[] = [],
  groupOrder: readonly string[] = [],
): Promise<PromtoolVerdict> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scenarios-promtool-'));
  try {
    const names = ruleFiles.map((text, index) => {
      writeFileSync(path.join(folder, `rules-${String(index)}.yaml`), text);
      return `rules-${String(index)}.yaml`;
    });
    const file = path.join(folder, 'cases.yaml');
    const tests = cases.map(toTest);
    const settings = { rule_files: names, evaluation_interval: '15s', group_eval_order: groupOrder };
    writeFileSync(file, stringify({ ...settings, tests }));
    return await testRules(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testRules(file: string): Promise<PromtoolVerdict> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile(requireProgram('promtool').file, ['test', 'rules', file], options, (error, stdout, stderr) => {
      resolve({ isSuccess: error === null, output: stdout + stderr });
    });
  });
}

function toTest({ input, expected }: PromtoolCase): unknown {
  return {
    interval: '15s',
    input_series: input.map(({ labels, values }) => ({ series: toMetric(labels), values: values.join(' ') })),
    promql_expr_test: expected.map(({ expr, atMs, result }) => ({
      expr,
      eval_time: `${String(atMs)}ms`,
      exp_samples: result.map(({ labels, value }) => ({ labels: toMetric(labels.toRecord()), value })),
    })),
  };
}

function toMetric({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}
