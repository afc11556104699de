import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { selfFamilies } from './families/self.ts';
import type { SelfFamily } from './family.ts';
import { renderHead, type Format, type Head } from './exposition/heads.ts';
import { joinPairs, labelPair } from './labels.ts';

export interface SelfSelection {
  readonly format: Format;
  /** Family names; undefined = all. */
  readonly families?: ReadonlySet<string>;
  /** Leaves only series that carry one of these organizations; undefined = all. */
  readonly organizations?: ReadonlySet<string>;
}

type SelfMetric = MetricObjectWithValues<MetricValue<string>>;

const declared: ReadonlyMap<string, SelfFamily> = new Map(
  Object.values<SelfFamily>(selfFamilies).map((family) => [family.name, family]),
);

/** prom-client's values in either format; it knows one format per registry, no selection, no units and no info type. */
export async function renderRegistry(
  registry: Registry,
  organizationLabel: string | null,
  selection: SelfSelection,
): Promise<string> {
  const metrics: readonly SelfMetric[] = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => selection.families?.has(name) !== false)
    .map((metric) => renderMetric(metric, organizationLabel, selection))
    .join('');
}

function renderMetric(metric: SelfMetric, organizationLabel: string | null, selection: SelfSelection): string {
  const lines = metric.values
    .filter((value) => Number.isFinite(value.value) && isSelected(value, organizationLabel, selection.organizations))
    .map((value) => renderLine(metric.name, value));
  if (lines.length === 0) return '';
  return renderHead(headOf(metric), selection.format) + lines.join('');
}

function headOf({ name, help, type }: SelfMetric): Head {
  const known = declared.get(name);
  if (known !== undefined) return known;
  const types = ['counter', 'histogram', 'summary'] as const;
  return {
    name,
    help,
    type: types.find((plain) => plain === String(type)) ?? (name.endsWith('_info') ? 'info' : 'gauge'),
  };
}

function isSelected(
  { labels }: MetricValue<string>,
  organizationLabel: string | null,
  organizations: ReadonlySet<string> | undefined,
): boolean {
  if (organizations === undefined) return true;
  const organization = organizationLabel === null ? undefined : labels[organizationLabel];
  return organization !== undefined && organizations.has(String(organization));
}

function renderLine(name: string, value: MetricValue<string> & { readonly metricName?: string }): string {
  const pairs = joinPairs(Object.entries(value.labels).map(([label, text]) => labelPair(label, String(text))));
  return `${value.metricName ?? name}${pairs === '' ? '' : `{${pairs}}`} ${String(value.value)}\n`;
}
