import { catalogue } from '../../exporter/src/metrics/catalogue.ts';
import type { Family } from '../../exporter/src/metrics/family.ts';
import type { Generator } from '../generate.ts';

const sections: readonly { readonly scope: Family['scope']; readonly title: string; readonly intro: string }[] = [
  {
    scope: 'device',
    title: 'Devices',
    intro:
      'Every series carries the organization label and `instance`; the labels below stand beside them. A device that is not joined to exactly one `instance`, or whose `instance` another device claims too, has only `patch_device_info`, without `instance`: what cannot be told apart is not muted.',
  },
  {
    scope: 'organization',
    title: 'Organizations',
    intro: 'Counts over all devices of an organization, joined to an `instance` or not, with the organization label.',
  },
  { scope: 'snapshot', title: 'Published pages', intro: 'About the scrape itself; without organization label.' },
  {
    scope: 'self',
    title: 'The exporter',
    intro:
      'Recorded while the exporter works. A scrape that is restricted to organizations has only those of them that carry the organization label. `process_*` and `nodejs_*` from prom-client stand beside them.',
  },
];

export const metricsDocs: Generator = {
  file: 'docs/metrics.md',
  render: () => Promise.resolve([preface, ...sections.map(renderSection)].join('\n')),
};

const preface = `# Metrics

<!-- Generated from exporter/src/metrics/catalogue.ts by \`npm run generate\`. -->

\`GET /metrics\` answers in the Prometheus text format 0.0.4 or OpenMetrics 1.0, by \`Accept\`, with gzip where the client
takes it. Use \`honor_labels: true\`, or \`instance\` becomes \`exported_instance\`.

- **Absent is not zero.** What is not known has no series. When a source has not been read for too long, its devices keep
  their info and timestamps, and lose what depends on a fresh read: reboot pending, updates, compliance.
- **Deadlines are told by value.** A window that ends early changes its \`_until\` value; the series stays for 24 h, because
  rules read it with \`last_over_time\`.
- **The organization label** is called \`organization\` unless configured otherwise; a single company may leave it off.
- **Info metrics** have the value 1. OpenMetrics calls their family without \`_info\`, and counters without \`_total\`.

| query | meaning |
| --- | --- |
| \`collect[]=<metric>\` | only these metrics |
| \`organization[]=<key>\` | only these organizations |
| \`shard=<i>&shards=<n>\` | the i-th of n parts (from 0); an organization is always whole and always in the same part |
`;

function renderSection({ scope, title, intro }: (typeof sections)[number]): string {
  const rows = catalogue.filter((family) => family.scope === scope).map(renderRow);
  return `## ${title}\n\n${intro}\n\n| metric | type | labels | stability | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function renderRow(family: Family): string {
  const labels = family.scope === 'self' && family.perOrganization ? ['organization', ...family.labels] : family.labels;
  const cells = [
    `\`${family.name}\``,
    family.type,
    labels.map((label) => `\`${label}\``).join(', '),
    family.stability,
    family.help.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}
