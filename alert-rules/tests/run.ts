import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scaleRules } from '../src/scale.ts';

interface Step {
  readonly name: string;
  readonly binary: 'promtool' | 'amtool';
  readonly args: readonly string[];
  /** What the output must contain beyond exit status 0. */
  readonly expects?: string;
}

const DEBIAN_PACKAGE = { promtool: 'prometheus', amtool: 'prometheus-alertmanager' } as const;
const root = fileURLToPath(new URL('../../', import.meta.url));
const list = (folder: string, suffix: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => `${folder}/${name}`);
const workDirectory = mkdtempSync(join(tmpdir(), 'patchhaven-rules-'));

/** The rules at a hundredth of their time must still be rules: scaled end-to-end runs depend on it. */
function scaledCopy(path: string): string {
  const copy = join(workDirectory, path.replaceAll('/', '-'));
  writeFileSync(copy, scaleRules(readFileSync(join(root, path), 'utf8'), 0.01));
  return copy;
}

/** The provisioned configuration laid out as in a deployment, with a token, so that its rule files are found too. */
function deployedPrometheus(): string {
  const directory = join(workDirectory, 'etc', 'prometheus');
  mkdirSync(directory, { recursive: true });
  symlinkSync(join(root, 'alert-rules'), join(workDirectory, 'alert-rules'));
  const token = join(directory, 'token');
  writeFileSync(token, 'secret');
  const path = join(directory, 'prometheus.yml');
  const text = readFileSync(join(root, 'provisioning/prometheus/prometheus.yml'), 'utf8');
  writeFileSync(path, text.replaceAll('/etc/prometheus/secrets/patchhaven_token', token));
  return path;
}

function render(name: string, template: string, data: string, expects: string): Step {
  const text = `{{ template "${template}" . }}`;
  const glob = '--template.glob=alert-rules/alertmanager/patchhaven.tmpl';
  const args = ['template', 'render', glob, `--template.text=${text}`, `--template.data=${data}`];
  return { name: `${template} ${name}`, binary: 'amtool', args, expects };
}

function steps(): Step[] {
  const ruleFiles = list('alert-rules/rules', '.yaml');
  const overdue = 'alert-rules/tests/template-data/overdue.json';
  const resolved = 'alert-rules/tests/template-data/resolved.json';
  const group = 'alert-rules/tests/template-data/group.json';
  const configs = ['alert-rules/alertmanager/alertmanager.yml', 'provisioning/alertmanager/alertmanager.yml'];
  return [
    ...ruleFiles.map((path): Step => ({ name: path, binary: 'promtool', args: ['check', 'rules', path] })),
    ...ruleFiles.map((path): Step => ({
      name: `${path} × 0.01`,
      binary: 'promtool',
      args: ['check', 'rules', scaledCopy(path)],
    })),
    ...list('alert-rules/tests', '.test.yaml').map((path): Step => ({
      name: path,
      binary: 'promtool',
      args: ['test', 'rules', path],
    })),
    {
      name: 'provisioning/prometheus/prometheus.yml',
      binary: 'promtool',
      args: ['check', 'config', deployedPrometheus()],
      expects: `${ruleFiles.length} rule files found`,
    },
    ...configs.map((path): Step => ({ name: path, binary: 'amtool', args: ['check-config', path] })),
    render(
      'names device, organization and patches',
      'patchhaven.title',
      overdue,
      'web01:9100 is still down after its patch reboot [acme]: KB5041578, KB5040434',
    ),
    render(
      'says that it is over',
      'patchhaven.title',
      resolved,
      'Resolved: web01:9100 is still down after its patch reboot [acme]: KB5041578',
    ),
    render('counts what has no common summary', 'patchhaven.title', group, 'PatchInstallFailed: 12 alerts [acme]'),
    render('stops after ten alerts', 'patchhaven.text', group, 'and 2 more'),
    render('turns an unknown severity into error', 'patchhaven.severity', group, 'error'),
    render('keeps critical', 'patchhaven.severity', overdue, 'critical'),
    render('is the device', 'patchhaven.source', overdue, 'web01:9100'),
    render('falls back to the organization', 'patchhaven.source', group, 'acme'),
  ];
}

/** Returns what went wrong, or undefined. */
function run(step: Step): string | undefined {
  const result = spawnSync(step.binary, step.args, { cwd: root, encoding: 'utf8' });
  if (result.error && 'code' in result.error && result.error.code === 'ENOENT') {
    return `${step.binary} is not installed. Debian and Ubuntu: apt-get install ${DEBIAN_PACKAGE[step.binary]}`;
  }
  const output = `${result.stdout}${result.stderr}`.trim();
  if (result.status !== 0) return output;
  if (step.expects !== undefined && !result.stdout.includes(step.expects)) {
    return `expected ${JSON.stringify(step.expects)}, got ${JSON.stringify(output)}`;
  }
  return undefined;
}

let passed = 0;
let failed = 0;
try {
  for (const step of steps()) {
    const problem = run(step);
    if (problem === undefined) passed += 1;
    else failed += 1;
    console.log(problem === undefined ? `ok    ${step.name}` : `FAIL  ${step.name}\n${problem}`);
  }
} finally {
  rmSync(workDirectory, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
