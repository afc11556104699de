import { ApiError } from '@patchhaven/simulator-kit';

export type Row = Readonly<Record<string, unknown>>;

/** The part of the condition grammar that readers of computers use: comparisons of one field with a number. */
export function filterBy<T>(items: readonly T[], condition: string | undefined, toKey: (item: T) => Row): readonly T[] {
  if (condition === undefined) return items;
  const match = /^\s*([\w.]+)\s*(=|!=|>=|<=|>|<)\s*(\d+)\s*$/.exec(condition);
  if (match === null) throw new ApiError(400, `cannot read the condition ${condition}`);
  const [, field = '', operator = '', text = ''] = match;
  const wanted = Number(text);
  const [first] = items;
  if (first !== undefined && valueOf(toKey(first), field) === undefined) throw new ApiError(400, `no field ${field}`);
  return items.filter((item) => {
    const value = Number(valueOf(toKey(item), field));
    if (operator === '=') return value === wanted;
    if (operator === '!=') return value !== wanted;
    if (operator === '>') return value > wanted;
    if (operator === '>=') return value >= wanted;
    return operator === '<' ? value < wanted : value <= wanted;
  });
}

function valueOf(row: Row, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Row)[key] : undefined;
  }, row);
}
