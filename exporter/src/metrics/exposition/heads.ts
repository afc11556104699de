import type { Family } from '../family.ts';

export type Format = 'text' | 'openmetrics';

export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What HELP and TYPE are made from; the types beyond a family's own are prom-client's process metrics. */
export interface Head extends Pick<Family, 'name' | 'help' | 'unit'> {
  readonly type: Family['type'] | 'histogram' | 'summary';
}

/** Names a family as its format does: OpenMetrics leaves `_total` and `_info` to the samples. */
function familyName(family: Head, format: Format): string {
  if (format === 'text') return family.name;
  const suffix = family.type === 'counter' ? '_total' : family.type === 'info' ? '_info' : '';
  return family.name.endsWith(suffix) ? family.name.slice(0, family.name.length - suffix.length) : family.name;
}

/** The HELP, TYPE and (OpenMetrics) UNIT lines of a family. */
export function renderHead(family: Head, format: Format): string {
  const name = familyName(family, format);
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (format === 'text') {
    const type = family.type === 'info' ? 'gauge' : family.type;
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  }
  // OpenMetrics wants the unit to be the end of the name, and quotes escaped in HELP.
  const unit = family.unit !== undefined && name.endsWith(`_${family.unit}`) ? `# UNIT ${name} ${family.unit}\n` : '';
  return `# HELP ${name} ${help.replaceAll('"', '\\"')}\n# TYPE ${name} ${family.type}\n${unit}`;
}
