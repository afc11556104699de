import type { Condition, SqlValue } from '../engine.ts';

export function isIn(column: string, values: readonly SqlValue[]): Condition {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values };
}

/** `column <operator> ?`, or nothing when the value is absent. */
export function compare(column: string, operator: '=' | '<' | '<=' | '>' | '>=', value?: SqlValue): Condition[] {
  return value === undefined ? [] : [{ sql: `${column} ${operator} ?`, params: [value] }];
}

export function isOneOf(column: string, values?: readonly SqlValue[]): Condition[] {
  return values === undefined ? [] : [isIn(column, values)];
}

/** `WHERE …` of all conditions, or nothing. */
export function where(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => `(${sql})`).join(' AND ')}`,
    params: conditions.flatMap(({ params }) => params),
  };
}
