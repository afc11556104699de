import { parser } from '@prometheus-io/lezer-promql';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogue } from '../exporter/src/metrics/catalogue.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly links: readonly { readonly url: string }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const readFolder = <T>(folder: string, suffix: string, read: (text: string) => T): readonly (readonly [string, T])[] =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith(suffix))
    .map((name) => [name, read(readFileSync(new URL(folder + name, import.meta.url), 'utf8'))] as const);

const dashboards = readFolder('./', '.json', (text) => JSON.parse(text) as Dashboard);
const rules = readFolder('../alert-rules/rules/', '.yaml', (text) =>
  (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
).flatMap(([, list]) => list);

const panels = dashboards.flatMap(([file, { panels: list }]) =>
  list.filter(({ type }) => type !== 'row').map((panel) => ({ name: `${file}: ${panel.title}`, panel })),
);
const queries = panels.flatMap(({ name, panel }) => (panel.targets ?? []).map(({ expr }) => ({ name, expr })));

/** Names of the metrics an expression reads, by Prometheus' own grammar. */
function metricsIn(expr: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ node, from, to }) => {
      if (node.name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
}

/** What Grafana fills in before it asks. */
const filledIn = (expr: string): string => expr.replaceAll('$__rate_interval', '5m');

const processMetrics = new Registry();
collectDefaultMetrics({ register: processMetrics });
const known = new Set([
  ...catalogue.map(({ name }) => name),
  ...processMetrics.getMetricsAsArray().map(({ name }) => name),
  ...rules.flatMap(({ record }) => record ?? []),
  // Prometheus' own, and what the node, windows and blackbox exporters give.
  ...['ALERTS', 'ALERTS_FOR_STATE', 'up', 'probe_success'],
]);

const workFolder = mkdtempSync(join(tmpdir(), 'patchhaven-dashboards-'));
afterAll(() => {
  rmSync(workFolder, { recursive: true, force: true });
});

describe('metrics', () => {
  it.each(queries)('of $name are in the catalogue or recorded by a rule', ({ expr }) => {
    const names = metricsIn(filledIn(expr));
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(rules.map((rule) => ({ name: rule.alert ?? rule.record ?? '', rule })))(
    'of the rule $name are in the catalogue or recorded by a rule',
    ({ rule }) => {
      const inText = Object.values(rule.annotations ?? {}).flatMap(
        (text) => text.match(/\bpatch[a-z_:]+(?=\{[a-z])/g) ?? [],
      );
      expect([...metricsIn(rule.expr), ...inText].filter((name) => !known.has(name))).toEqual([]);
    },
  );

  it('of variables are in the catalogue', () => {
    const definitions = dashboards.flatMap(([, { templating }]) =>
      templating.list.flatMap((item) => item.definition ?? []),
    );
    const names = definitions.map((text) => /^label_values\((\w+)[{,]/.exec(text)?.[1] ?? text);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('queries', () => {
  it('are PromQL to promtool', () => {
    const file = join(workFolder, 'queries.yaml');
    const asRules = queries.map(({ expr }, index) => ({ record: `query:${String(index)}`, expr: filledIn(expr) }));
    writeFileSync(file, stringify({ groups: [{ name: 'dashboards', rules: asRules }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain(`${String(queries.length)} rules found`);
  });
});

describe('dashboards', () => {
  it('keep their uids: links and bookmarks hold them', () => {
    expect(Object.fromEntries(dashboards.map(([file, { uid, title }]) => [file, [uid, title]]))).toEqual({
      'patch-night.json': ['patchhaven-patch-night', 'Host down? / patch night'],
      'patchhaven-exporter.json': ['patchhaven-exporter', 'Patchhaven exporter'],
    });
  });

  it.each(panels)('$name says what it shows, in which unit, from the chosen data source', ({ panel }) => {
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const uid of [panel.datasource?.uid, ...(panel.targets ?? []).map(({ datasource }) => datasource.uid)])
      expect(uid).toBe('${datasource}');
  });

  it.each(dashboards)('%s defines the variables it uses and numbers its panels once', (_, dashboard) => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name ?? '');
    expect(defined[0]).toBe('datasource');
    expect(used.filter((name) => !name.startsWith('__') && !defined.includes(name))).toEqual([]);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(dashboards)('%s links to dashboards that exist', (_, dashboard) => {
    const uids = dashboards.map(([, { uid }]) => uid);
    const linked = [...JSON.stringify(dashboard).matchAll(/"\/d\/([\w-]+)/g)].map(([, uid]) => uid);
    expect(linked.length).toBeGreaterThan(0);
    for (const uid of linked) expect(uids).toContain(uid);
  });
});
