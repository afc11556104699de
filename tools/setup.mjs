#!/usr/bin/env node
/**
 * Makes a fresh clone runnable: Node version, npm packages, the native SQLite module and the real programs.
 * Plain Node without packages, because it runs before any is installed. Quiet when nothing is to be done.
 *
 *   node tools/setup.mjs [--for demo|test|bench]
 *
 * Exit status 0: ready. 1: something is missing that this user cannot install; the last lines say what and how.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { compareVersions, findProgram } from '../testbed/src/find-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const demoPrograms = ['prometheus', 'promtool', 'alertmanager', 'amtool', 'node-exporter'];
const benchPrograms = [...demoPrograms, 'pushgateway', 'postgres', 'initdb'];
const rpmPrograms = ['dnf', 'zypper', 'rpmbuild', 'createrepo_c'];
const testPrograms = [...benchPrograms, 'shellcheck', 'chromium', ...rpmPrograms];
const programsFor = { demo: demoPrograms, test: testPrograms, bench: benchPrograms };

/** Folders with a package-lock.json of their own, beside the root's. */
const moreFoldersFor = { demo: [], test: ['grafana-plugin', 'grafana-plugin/test/hosts/grafana-13'], bench: [] };

/** Debian and Ubuntu enable what they install; these are the units of our packages. */
const unitsOfPackage = {
  prometheus: ['prometheus.service'],
  'prometheus-alertmanager': ['prometheus-alertmanager.service'],
  'prometheus-node-exporter': ['prometheus-node-exporter.service'],
  'prometheus-pushgateway': ['prometheus-pushgateway.service'],
  postgresql: ['postgresql.service'],
};

function fail(...lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

function requestedPurpose() {
  const [flag, value, ...rest] = process.argv.slice(2);
  const purpose = flag === undefined ? 'test' : value;
  if ((flag !== undefined && flag !== '--for') || !Object.hasOwn(programsFor, purpose ?? '') || rest.length > 0) {
    fail(`usage: node tools/setup.mjs [--for ${Object.keys(programsFor).join('|')}]`);
  }
  return purpose;
}

function checkNode() {
  const minimum = readJson('package.json').engines.node.replace(/^>=/, '');
  if (compareVersions(process.versions.node, minimum) >= 0) return;
  fail(`Node ${minimum} or newer is needed, this is ${process.versions.node}.`, 'See https://nodejs.org/en/download.');
}

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** Runs a command with a line per 15 s, so that a long compile is seen to live; returns its status and output. */
function runVisibly(title, command, args, options = {}) {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  console.log(`setup: ${title} …`);
  const heartbeat = setInterval(() => console.log(`setup: ${title} … ${seconds()} s`), 15_000);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    running.add(child);
    let output = '';
    const keep = (chunk) => (output += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => (output += error.message));
    child.once('close', (status) => {
      clearInterval(heartbeat);
      running.delete(child);
      console.log(`setup: ${title}: ${status === 0 ? 'done' : 'failed'} after ${seconds()} s`);
      resolve({ ok: status === 0, output });
    });
  });
}

function lastLines(output) {
  return output.trimEnd().split('\n').slice(-25).join('\n');
}

/** True when what npm recorded as installed is what package-lock.json asks for. Times would lie after a checkout. */
function packagesAreInstalled(folder) {
  const record = path.join(root, folder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(readJson(path.join(folder, 'package-lock.json')).packages).every(([place, wanted]) => {
    const isThirdParty = place.includes('node_modules/') && wanted.link !== true;
    const mayBeAbsent = wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
    if (!isThirdParty || (mayBeAbsent && installed[place] === undefined)) return true;
    return installed[place]?.version === wanted.version && existsSync(path.join(root, folder, place));
  });
}

async function installPackages(folder) {
  if (packagesAreInstalled(folder)) return;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const title = `installing npm packages${folder === '.' ? '' : ` of ${folder}`}`;
  const { ok, output } = await runVisibly(title, 'npm', args, { cwd: path.join(root, folder) });
  if (!ok) fail(lastLines(output), 'npm ci failed: see above.');
}

/** In a process of its own: a module that was loaded before it was built stays broken in this one. */
function sqliteLoads() {
  const script = `new (require('better-sqlite3'))(':memory:').prepare('SELECT 1').get()`;
  return spawnSync(process.execPath, ['-e', script], { cwd: path.join(root, 'exporter') }).status === 0;
}

/** Takes the ready-made binary, compiles where there is none: about two minutes on two cores. */
async function buildSqlite() {
  const title = 'preparing SQLite (compiles when no ready-made binary fits)';
  const { ok, output } = await runVisibly(title, 'npm', ['rebuild', 'better-sqlite3', '--foreground-scripts']);
  return ok && sqliteLoads() ? undefined : output;
}

async function ensureSqlite() {
  if (sqliteLoads()) return;
  let output = await buildSqlite();
  const compilerMissing = ['g++', 'make', 'python3'].some((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (output !== undefined && compilerMissing) {
    await installDebianPackages(['build-essential', 'python3'], ['better-sqlite3 has to be compiled here']);
    output = await buildSqlite();
  }
  if (output !== undefined) fail(lastLines(output), 'better-sqlite3 could not be prepared: see above.');
}

function canInstall() {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
}

/**
 * Runs `install` while /usr/sbin/policy-rc.d forbids package scripts to start services (Debian policy 9.3.3.1: 101 =
 * action not allowed), then puts back what was there. An interrupted run leaves the saved file; the next one restores it.
 */
async function withoutServiceStarts(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const saved = `${policy}.patchhaven-saved`;
  const restore = () => {
    rmSync(policy, { force: true });
    if (existsSync(saved)) renameSync(saved, policy);
  };
  const onSignal = () => {
    restore();
    process.exit(130);
  };
  if (existsSync(policy) && !existsSync(saved)) renameSync(policy, saved);
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await install();
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    restore();
  }
}

function isInstalled(debianPackage) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', debianPackage], { encoding: 'utf8' });
  return stdout === 'installed';
}

/** The project starts its own copies on free ports: a packaged daemon must not take 9090 at the next boot either. */
function disableUnits(debianPackages) {
  const units = debianPackages.flatMap((name) => unitsOfPackage[name] ?? []);
  if (units.length > 0) spawnSync('systemctl', ['disable', '--quiet', ...units]);
}

let lastDebianInstall = Promise.resolve();

/** One at a time: apt holds a lock, and policy-rc.d is one file. */
function installDebianPackages(debianPackages, reasons) {
  const install = lastDebianInstall.then(() => installDebianPackagesNow(debianPackages, reasons));
  lastDebianInstall = install;
  return install;
}

async function installDebianPackagesNow(debianPackages, reasons) {
  const command = `apt-get install --no-install-recommends ${debianPackages.join(' ')}`;
  if (!canInstall()) {
    fail(
      ...reasons.map((reason) => `setup: ${reason}`),
      'Install on Debian or Ubuntu, then run this again:',
      `  sudo ${command}`,
    );
  }
  const isNew = debianPackages.filter((name) => !isInstalled(name));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runVisibly('refreshing the package lists', 'apt-get', ['update'], { env });
  const args = ['install', '-y', '--no-install-recommends', ...debianPackages];
  const { ok, output } = await withoutServiceStarts(() =>
    runVisibly(`installing ${debianPackages.join(', ')}`, 'apt-get', args, { env }),
  );
  if (!ok) fail(lastLines(output), `This failed: ${command}`);
  disableUnits(isNew);
}

function problemsWith(keys) {
  return keys.map((key) => findProgram(key)).filter(({ problem }) => problem !== undefined);
}

async function ensurePrograms(keys) {
  const missing = problemsWith(keys);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  await installDebianPackages(
    packages,
    missing.map(({ problem }) => problem),
  );
  const remaining = problemsWith(keys);
  if (remaining.length > 0) fail(...remaining.map(({ problem }) => `setup: ${problem}`));
}

/** Debian's dnf-plugins-core excludes its zypper, for both have a program needs-restarting: so it is only unpacked. */
function ensureDnfPlugins() {
  const folder = path.join(root, '.cache/dnf-plugins-core');
  if (existsSync(folder)) return;
  const download = mkdtempSync(path.join(tmpdir(), 'patchhaven-setup-'));
  const script = `apt-get download -q dnf-plugins-core && dpkg-deb -x *.deb unpacked && mkdir -p "$1" && mv unpacked "$1/dnf-plugins-core"`;
  const args = ['-ec', script, 'sh', path.dirname(folder)];
  const { status, stderr } = spawnSync('sh', args, { cwd: download, encoding: 'utf8' });
  rmSync(download, { recursive: true });
  if (status !== 0) fail(lastLines(stderr), 'setup: dnf-plugins-core could not be downloaded or unpacked: see above.');
}

function newestChange(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

/** The demo runs what users run. Without a build it still works, from the source, and starts more slowly. */
async function buildExporter() {
  const built = path.join(root, 'exporter/dist/main.js');
  if (existsSync(built) && statSync(built).mtimeMs > newestChange(path.join(root, 'exporter/src'))) return;
  const { ok, output } = await runVisibly('building the exporter', 'npm', ['run', 'build', '--workspace', 'exporter']);
  if (!ok) console.log(`${lastLines(output)}\nsetup: the build failed, the demo runs the exporter from its source`);
}

async function fetchTheRest(purpose) {
  for (const folder of moreFoldersFor[purpose]) await installPackages(folder);
  await ensurePrograms(programsFor[purpose]);
  if (purpose === 'test') ensureDnfPlugins();
}

const purpose = requestedPurpose();
checkNode();
await installPackages('.');
// SQLite compiles on the processor while the others wait for the network.
await Promise.all([ensureSqlite(), fetchTheRest(purpose)]);
if (purpose === 'demo') await buildExporter();
