import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (AlertRule | { readonly record: string })[] }[];
}
interface TestFile {
  readonly tests: readonly { readonly name: string }[];
}

const here = (path: string) => new URL(path, import.meta.url);
const readAll = <T>(folder: string, suffix: string): T[] =>
  readdirSync(here(folder))
    .filter((name) => name.endsWith(suffix))
    .map((name) => parse(readFileSync(here(folder + name), 'utf8')) as T);

const rules = readAll<RuleFile>('./rules/', '.yaml').flatMap((file) => file.groups.flatMap((group) => group.rules));
const alerts = rules.filter((rule): rule is AlertRule => 'alert' in rule);
const testNames = readAll<TestFile>('./tests/', '.test.yaml').flatMap((file) => file.tests.map((test) => test.name));

/** design: the alerts people are promised. */
const PROMISED = [
  'HostDown',
  'PatchAwareInhibitor',
  'PatchDevicesUnmatched',
  'PatchInstallFailed',
  'PatchMaintenanceWindow',
  'PatchMissingCritical',
  'PatchQuietBudgetExceeded',
  'PatchRebootPendingLong',
  'PatchSourceDown',
  'PatchSourceStale',
  'PatchWatcherDown',
  'PatchhavenDown',
  'PostPatchHealthCheckFailed',
  'PostPatchReboot',
  'PostPatchRebootOverdue',
  'Watchdog',
];

describe('the alert rules', () => {
  it('are the promised ones', () => {
    expect(alerts.map((rule) => rule.alert).sort()).toEqual([...PROMISED].sort());
  });

  it.each(alerts)('$alert says how bad, what, why and where to look', (rule) => {
    expect(rule.for).toMatch(/^\d+[smh]$/);
    expect(['critical', 'warning', 'info', 'none']).toContain(rule.labels['severity']);
    expect(rule.expr).toMatch(/[<>]|==/);
    for (const name of ['summary', 'description', 'runbook_url', 'dashboard_url']) {
      expect(rule.annotations[name], name).toBeTruthy();
    }
    // A measured value in a label would make a new alert at every evaluation.
    expect(JSON.stringify(rule.labels)).not.toContain('$value');
  });

  it.each(alerts)('$alert has the runbook it points to, with every section', (rule) => {
    expect(rule.annotations['runbook_url']?.endsWith(`/alert-rules/runbooks/${rule.alert}.md`)).toBe(true);
    const path = here(`./runbooks/${rule.alert}.md`);
    expect(existsSync(path)).toBe(true);
    const text = readFileSync(path, 'utf8');
    for (const heading of ['Meaning', 'What people feel', 'First look', 'Likely causes', 'How to fix']) {
      expect(text).toContain(`## ${heading}\n`);
    }
  });

  it.each(alerts)('$alert is tested both ways', (rule) => {
    const mine = testNames.filter((name) => name.startsWith(`${rule.alert} `));
    expect(mine.some((name) => / (fires|gives way)/.test(name))).toBe(true);
    expect(mine.some((name) => name.includes('does not fire'))).toBe(true);
  });

  it('have one placeholder for Grafana and one for the runbooks', () => {
    const urls = alerts.flatMap((rule) =>
      Object.values(rule.annotations).flatMap((text) => text.match(/https?:\/\/[^/]+/g) ?? []),
    );
    expect([...new Set(urls)].sort()).toEqual(['https://github.com', 'https://grafana.example.com']);
  });

  it('never opt themselves in to being muted', () => {
    expect(alerts.filter((rule) => 'patch_aware' in rule.labels)).toEqual([]);
  });
});

describe('the provisioned files', () => {
  it.each(['alertmanager.yml', 'patchhaven.tmpl'])(
    '%s is the delivered one; copy it from alert-rules/alertmanager',
    (name) => {
      const read = (folder: string) => readFileSync(here(`${folder}/${name}`), 'utf8');
      expect(read('../provisioning/alertmanager')).toBe(read('./alertmanager'));
    },
  );
});
