import type { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import type { PatchhavenQuery } from './query';

type Replace = Pick<TemplateSrv, 'replace'>;

/** Values of "All" that name nothing: they do not filter. */
const everything = new Set(['$__all', '.*', '.+', '*']);

const listKeys = ['organization', 'site', 'group', 'device'] as const;

/** Puts the values of variables into a query. A variable with several values becomes several entries. */
export function interpolateQuery(query: PatchhavenQuery, scopedVars: ScopedVars, templates: Replace): PatchhavenQuery {
  const lists = Object.fromEntries(listKeys.map((key) => [key, expandList(query[key], scopedVars, templates)])) as Pick<
    PatchhavenQuery,
    (typeof listKeys)[number]
  >;
  return { ...query, ...lists, text: expandText(query.text, scopedVars, templates) };
}

export function interpolateFilters(
  filters: readonly AdHocVariableFilter[],
  scopedVars: ScopedVars,
  templates: Replace,
): AdHocVariableFilter[] {
  return filters.map((filter) => ({ ...filter, value: templates.replace(filter.value, scopedVars) }));
}

function expandText(text: string, scopedVars: ScopedVars, templates: Replace): string {
  const [first = ''] = expandList(text === '' ? [] : [text], scopedVars, templates);
  return first;
}

const separator = '\u0001';

/** Values of all entries, each once; empty when one of them stands for everything. */
export function expandList(entries: readonly string[], scopedVars: ScopedVars, templates: Replace): string[] {
  const values = entries.flatMap((entry) => {
    const text = templates.replace(entry, scopedVars, (value: string | string[]) =>
      Array.isArray(value) ? value.join(separator) : value,
    );
    // A variable that says its own format is not asked again by the function above.
    const isCsv = /^\$\{[^}]+:csv\}$/.test(entry);
    return text.split(isCsv ? ',' : separator);
  });
  const set = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
  const missing = set.find((value) => /^(\$\w+|\$\{\w+[^}]*\}|\[\[\w+\]\])$/.test(value) && !everything.has(value));
  if (missing !== undefined) {
    throw new Error(`The variable ${missing} does not exist on this dashboard.`);
  }
  return set.some((value) => everything.has(value)) ? [] : set;
}
