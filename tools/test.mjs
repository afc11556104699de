#!/usr/bin/env node
/**
 * `npm test`: sets up, then runs every check, goes on after a failure, and ends with one line `N passed, N failed`.
 *
 *   node tools/test.mjs [--only format,lint,types,imports,unit,rules,e2e,build]
 *
 * The numbers are real test cases; a check without cases (lint, build …) counts only when it fails, as one.
 * A skipped test is a failed one, and a test step that ran nothing fails: silence must not look like success.
 * Exit status 0 only when nothing failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = path.join(root, '.cache/test-reports');

const bin = (name) => path.join(root, 'node_modules/.bin', name);

const none = { passed: 0, failed: 0, skipped: 0 };

function vitest(project) {
  const report = path.join(reports, `${project}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name: project,
    command: [bin('vitest'), 'run', '--project', project, ...reporters],
    hasCases: true,
    before: () => rmSync(report, { force: true }),
    count: () => {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
        readFileSync(report, 'utf8'),
      );
      return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
    },
  };
}

/** The rule tests end with the same line as this program. */
function countLastLine(output) {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return { ...none, passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
}

const steps = [
  { name: 'format', command: ['npm', 'run', '--silent', 'format:check'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'imports', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'exporter/src'] },
  { ...vitest('unit'), limitMinutes: 6 },
  { name: 'rules', command: ['npm', 'run', '--silent', 'test:rules'], hasCases: true, count: countLastLine },
  { ...vitest('e2e'), limitMinutes: 14 },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
];

function chosenSteps() {
  const [flag, list, ...rest] = process.argv.slice(2);
  if (flag === undefined) return steps;
  const names = (list ?? '').split(',');
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (flag !== '--only' || unknown.length > 0 || rest.length > 0) {
    console.error(`usage: node tools/test.mjs [--only ${steps.map(({ name }) => name).join(',')}]`);
    process.exit(2);
  }
  return steps.filter(({ name }) => names.includes(name));
}

/** Runs in a process group of its own, so that a step past its limit ends with all its children. */
function runCommand([file, ...args], limitMinutes) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const endGroup = () => process.kill(-child.pid, 'SIGKILL');
    const interrupted = () => {
      endGroup();
      process.exit(130);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    let output = '';
    const keep = (chunk) => (output += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const limit = setTimeout(() => {
      output += `\nstopped: not done after ${limitMinutes} minutes`;
      endGroup();
    }, limitMinutes * 60_000);
    child.once('error', (error) => (output += error.message));
    child.once('close', (status) => {
      clearTimeout(limit);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ ok: status === 0, output });
    });
  });
}

function countCases(step, output) {
  if (!step.hasCases) return none;
  try {
    return step.count(output);
  } catch {
    return none;
  }
}

/** Why a step failed; undefined when it did not. */
function verdict(step, ok, { passed, failed, skipped }) {
  if (skipped > 0) return `${skipped} skipped`;
  if (failed > 0) return `${failed} failed`;
  if (!ok) return 'exit status is not 0';
  if (step.hasCases && passed === 0) return 'no test ran';
  return undefined;
}

async function runStep(step) {
  const startedAt = performance.now();
  step.before?.();
  const { ok, output } = await runCommand(step.command, step.limitMinutes ?? 3);
  const cases = countCases(step, output);
  const problem = verdict(step, ok, cases);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (problem !== undefined) console.log(output.trimEnd());
  const tests = step.hasCases ? `  ${cases.passed} tests` : '';
  const word = problem === undefined ? 'ok  ' : 'FAIL';
  console.log(
    `${word}  ${step.name.padEnd(8)}${seconds.padStart(7)} s${tests}${problem === undefined ? '' : `  ${problem}`}`,
  );
  const failed = cases.failed + cases.skipped;
  return { passed: cases.passed, failed: problem === undefined ? 0 : Math.max(failed, 1) };
}

const chosen = chosenSteps();
const setup = spawnSync(process.execPath, ['tools/setup.mjs', '--for', 'test'], { cwd: root, stdio: 'inherit' });
const total = { passed: 0, failed: 0 };
if (setup.status === 0) {
  mkdirSync(reports, { recursive: true });
  for (const step of chosen) {
    const { passed, failed } = await runStep(step);
    total.passed += passed;
    total.failed += failed;
  }
} else {
  total.failed = 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
