import type { AdHocVariableFilter } from '@grafana/data';
import type { PatchhavenQuery } from './query';

export const filterKeys = [
  'organization',
  'site',
  'group',
  'device',
  'instance',
  'source',
  'kind',
  'severity',
] as const;
export type FilterKey = (typeof filterKeys)[number];

type Operator = '=' | '!=' | '=~' | '!~';

/** One condition; all conditions of a query have to hold. `=` and `!=` take alternatives. */
export interface Filter {
  readonly key: FilterKey;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** What a row says of each key; a key that is left out is not known of this kind of row. */
export type Facts = Readonly<Partial<Record<FilterKey, string | null | ReadonlyArray<string | null>>>>;

const operators: Readonly<Record<string, Operator>> = {
  '=': '=',
  '=|': '=',
  '!=': '!=',
  '!=|': '!=',
  '=~': '=~',
  '!~': '!~',
};

export interface FilterSet {
  readonly filters: readonly Filter[];
  /** What could not be used, as sentences. */
  readonly notices: readonly string[];
}

/** Lists of the query and ad-hoc filters of the dashboard together. */
export function toFilters(
  query: Pick<PatchhavenQuery, 'organization' | 'site' | 'group' | 'device'>,
  adhoc: readonly AdHocVariableFilter[] = [],
): FilterSet {
  const notices: string[] = [];
  const own = (['organization', 'site', 'group', 'device'] as const).flatMap((key): Filter[] =>
    query[key].length === 0 ? [] : [{ key, operator: '=', values: query[key] }],
  );
  const given = adhoc.flatMap(({ key, operator, value, values }): Filter[] => {
    const known = filterKeys.find((word) => word === key);
    const sign = operators[operator];
    if (known === undefined || sign === undefined) {
      notices.push(`The filter "${key} ${operator} ${value}" is not known here and was left out.`);
      return [];
    }
    const list = values !== undefined && values.length > 0 ? values : [value];
    return [{ key: known, operator: sign, values: list }];
  });
  return { filters: [...own, ...given], notices };
}

/** Compiles conditions on the keys that this kind of row knows. Throws for a regular expression that is none. */
export function createMatcher(filters: readonly Filter[]): (facts: Facts) => boolean {
  const tests = filters.map((filter) => ({ filter, test: createTest(filter) }));
  return (facts) =>
    tests.every(({ filter, test }) => {
      const actual = facts[filter.key];
      if (actual === undefined) {
        return true;
      }
      return test(Array.isArray(actual) ? (actual as ReadonlyArray<string | null>) : [actual as string | null]);
    });
}

function createTest({ operator, values }: Filter): (actual: ReadonlyArray<string | null>) => boolean {
  const isNegated = operator === '!=' || operator === '!~';
  const isPattern = operator === '=~' || operator === '!~';
  const patterns = isPattern ? values.map(toPattern) : [];
  const isHit = (actual: string | null) =>
    isPattern ? patterns.some((pattern) => pattern.test(actual ?? '')) : values.includes(actual ?? '');
  return (actual) => actual.some(isHit) !== isNegated;
}

/** Anchored at both ends, as in Prometheus. */
function toPattern(value: string): RegExp {
  try {
    return new RegExp(`^(?:${value})$`);
  } catch {
    throw new Error(`The filter "${value}" is not a valid regular expression.`);
  }
}

/** The alternatives of a key where they are a plain list; undefined where they are not, or there are none. */
export function listOf(filters: readonly Filter[], key: FilterKey): readonly string[] | undefined {
  const lists = filters.filter((filter) => filter.key === key && filter.operator === '=').map(({ values }) => values);
  const [first, ...others] = lists;
  return others.reduce((found, list) => found?.filter((value) => list.includes(value)), first);
}

/** Keys that are asked for and that rows of this kind do not know. */
export function unknownKeys(filters: readonly Filter[], known: readonly FilterKey[]): FilterKey[] {
  return [...new Set(filters.map(({ key }) => key))].filter((key) => !known.includes(key));
}
