#!/usr/bin/env node
/**
 * `npm test`: sets up, then runs every check, goes on after a failure, and ends with one line `N passed, N failed`.
 *
 *   node tools/test.mjs [--only format,lint,types,imports,plugin-build,unit,rules,plugin-unit,browser,e2e,build …]
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

/** vitest and jest report in the same words. */
function counted(name, commandFor) {
  const report = path.join(reports, `${name}.json`);
  return {
    name,
    command: commandFor(report),
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

function vitest(project) {
  return counted(project, (report) => [
    bin('vitest'),
    'run',
    ...['--project', project],
    ...['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
  ]);
}

const inPlugin = (script, ...args) => ['npm', 'run', '--silent', '--prefix', 'grafana-plugin', script, ...args];

/** The rule tests end with the same line as this program. */
function countLastLine(output) {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return { ...none, passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
}

/** Steps that stand together and are `single` use one processor each: they run two at a time. */
const steps = [
  { name: 'format', single: true, command: ['npm', 'run', '--silent', 'format:check'] },
  { name: 'lint', single: true, command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', single: true, command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'imports', single: true, command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'exporter/src'] },
  { name: 'plugin-lint', single: true, command: inPlugin('lint') },
  { name: 'plugin-types', single: true, command: inPlugin('typecheck') },
  { name: 'plugin-types-13', single: true, command: inPlugin('typecheck:13') },
  { name: 'plugin-types-test', single: true, command: inPlugin('typecheck:test') },
  { name: 'plugin-build', single: true, command: inPlugin('build') },
  { ...vitest('unit'), limitMinutes: 8 },
  { name: 'rules', command: ['npm', 'run', '--silent', 'test:rules'], hasCases: true, count: countLastLine },
  {
    ...counted('plugin-unit', (report) => inPlugin('test', '--', '--json', `--outputFile=${report}`)),
    limitMinutes: 4,
  },
  { ...vitest('browser'), limitMinutes: 5 },
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

const running = new Set();
const interrupted = () => {
  for (const endGroup of running) endGroup();
  process.exit(130);
};
process.once('SIGINT', interrupted).once('SIGTERM', interrupted);

/** Runs in a process group of its own, so that a step past its limit ends with all its children. */
function runCommand([file, ...args], limitMinutes) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const endGroup = () => process.kill(-child.pid, 'SIGKILL');
    running.add(endGroup);
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
      running.delete(endGroup);
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
    `${word}  ${step.name.padEnd(17)}${seconds.padStart(7)} s${tests}${problem === undefined ? '' : `  ${problem}`}`,
  );
  const failed = cases.failed + cases.skipped;
  return { passed: cases.passed, failed: problem === undefined ? 0 : Math.max(failed, 1) };
}

/** Neighbours that are `single` make a group; every other step is one of its own. */
function groupsOf(chosen) {
  const groups = [];
  for (const step of chosen) {
    const last = groups.at(-1);
    if (step.single && last?.at(-1)?.single) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

async function runGroup(group) {
  const waiting = [...group];
  const results = [];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) results.push(await runStep(step));
  };
  await Promise.all([work(), work()]);
  return results;
}

const chosen = chosenSteps();
const setup = spawnSync(process.execPath, ['tools/setup.mjs', '--for', 'test'], { cwd: root, stdio: 'inherit' });
const total = { passed: 0, failed: 0 };
if (setup.status === 0) {
  mkdirSync(reports, { recursive: true });
  for (const group of groupsOf(chosen)) {
    for (const { passed, failed } of await runGroup(group)) {
      total.passed += passed;
      total.failed += failed;
    }
  }
} else {
  total.failed = 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
