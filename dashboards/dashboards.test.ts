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
  readonly targets?: readonly Target[];
  readonly options?: Readonly<Record<string, unknown>>;
}
/** PromQL, or a query of the Patchhaven data source. */
interface Target {
  readonly expr?: string;
  readonly queryType?: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
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

const readText = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const idOf = (plugin: string): string =>
  (JSON.parse(readText(`../grafana-plugin/src/${plugin}plugin.json`)) as { id: string }).id;
const appId = idOf('');
const datasourceId = idOf('datasource/');
const panelId = idOf('panel/');

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
const targets = panels.flatMap(({ name, panel }) => (panel.targets ?? []).map((target) => ({ name, target })));
const queries = targets.flatMap(({ name, target: { expr } }) => (expr === undefined ? [] : [{ name, expr }]));
const ours = targets.filter(({ target }) => target.datasource.type === datasourceId);

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

/** The list in the plugin's source: the plugin is a package of its own, so it is read and not imported. */
function queryTypes(): readonly string[] {
  const [, list = ''] = /queryTypes = \[([^\]]+)\]/.exec(readText('../grafana-plugin/src/datasource/query.ts')) ?? [];
  return [...list.matchAll(/'(\w+)'/g)].map(([, type]) => type ?? '');
}

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

describe('"What is it?" on the board for one host', () => {
  const { panel } = panels.find(({ name }) => name === 'host-down.json: What is it?') ?? {};
  const expr = (panel?.targets?.[0]?.expr ?? '')
    .replaceAll('$organization', 'acme')
    .replaceAll('$instance', 'web01:9100');
  const alert = (name: string, state: string, instance = 'web01:9100'): string =>
    `ALERTS{alertname="${name}", alertstate="${state}", organization="acme", instance="${instance}"}`;
  const stories: Readonly<Record<string, readonly [readonly string[], number]>> = {
    'nothing fires': [[], 0],
    'only its neighbour is down': [[alert('HostDown', 'firing', 'web02:9100')], 0],
    'it restarts after a patch': [[alert('PostPatchReboot', 'firing')], 1],
    'it is down and nobody knows why': [[alert('HostDown', 'pending')], 2],
    'it is past its budget': [[alert('PostPatchRebootOverdue', 'firing'), alert('PostPatchReboot', 'firing')], 3],
    'it is back and a service is not': [[alert('PostPatchHealthCheckFailed', 'firing')], 4],
  };

  it.each(Object.entries(stories))('says so when %s', (name, [series, value]) => {
    const file = join(workFolder, `${name.replaceAll(' ', '-')}.test.yaml`);
    const test = {
      interval: '1m',
      input_series: series.map((text) => ({ series: text, values: '1+0x10' })),
      promql_expr_test: [{ expr, eval_time: '5m', exp_samples: [{ labels: '{}', value }] }],
    };
    writeFileSync(file, stringify({ evaluation_interval: '1m', tests: [test] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});

describe('dashboards', () => {
  it('keep their uids: links and bookmarks hold them', () => {
    expect(Object.fromEntries(dashboards.map(([file, { uid, title }]) => [file, [uid, title]]))).toEqual({
      'device.json': ['patchhaven-device', 'Device'],
      'fleet-overview.json': ['patchhaven-fleet', 'Fleet overview'],
      'host-down.json': ['patchhaven-host-down', 'Host down?'],
      'patch-night.json': ['patchhaven-patch-night', 'Patch night'],
      'patchhaven-exporter.json': ['patchhaven-exporter', 'Patchhaven exporter'],
    });
  });

  it.each(panels)('$name says what it shows, in which unit, from the chosen data source', ({ panel }) => {
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    expect(panel.targets?.length).toBeGreaterThan(0);
    const uids = new Set((panel.targets ?? []).map(({ datasource }) => datasource.uid));
    expect([...uids].filter((uid) => uid !== '${datasource}' && uid !== '${patchhaven}')).toEqual([]);
    expect(panel.datasource?.uid).toBe(uids.size > 1 ? '-- Mixed --' : [...uids][0]);
  });

  it.each(ours)('$name asks the data source of our plugin for something it knows', ({ target }) => {
    expect(queryTypes()).toContain(target.queryType);
  });

  it.each(panels.filter(({ panel }) => panel.targets?.some(({ queryType }) => queryType !== undefined)))(
    '$name says that it needs the Patchhaven data source',
    ({ panel }) => {
      const all = dashboards.find(([, { panels: list }]) => list.includes(panel));
      expect(`${panel.description ?? ''} ${all?.[1].description ?? ''}`).toMatch(/needs? the Patchhaven data source/);
    },
  );

  it.each(dashboards)('%s shows its numbers with Prometheus alone', (_, dashboard) => {
    const withoutPrometheus = dashboard.panels.filter(
      ({ type, targets: list = [] }) => type === 'stat' && list.some(({ expr }) => expr === undefined),
    );
    expect(withoutPrometheus).toEqual([]);
  });

  it('use panels of Grafana and ours', () => {
    const core = ['bargauge', 'nodeGraph', 'row', 'stat', 'table', 'timeseries'];
    const used = new Set(dashboards.flatMap(([, { panels: list }]) => list.map(({ type }) => type)));
    expect([...used].filter((type) => !core.includes(type))).toEqual([panelId]);
  });

  it('link to pages that the app has', () => {
    const { includes } = JSON.parse(readText('../grafana-plugin/src/plugin.json')) as { includes: { path: string }[] };
    const pages = [...includes.map(({ path }) => path.replace('%PLUGIN_ID%', appId)), `/a/${appId}/device`];
    const linked = dashboards.flatMap(([, dashboard]) =>
      [...JSON.stringify(dashboard).matchAll(/"(\/a\/[^"?]+)/g)].map(([, path]) => path ?? ''),
    );
    expect(linked.length).toBeGreaterThan(0);
    expect(linked.filter((path) => !pages.includes(path))).toEqual([]);
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
