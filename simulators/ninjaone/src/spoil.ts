import type { FaultKind } from './faults.ts';

const TIME_KEYS = new Set([
  'created',
  'lastContact',
  'lastUpdate',
  'lastBootTime',
  'timestamp',
  'installedAt',
  'activityTime',
  'createTime',
  'updateTime',
  'start',
  'end',
]);
const NAME_KEYS = new Set(['name', 'displayName', 'systemName', 'dnsName', 'netbiosName']);
const ENUM_KEYS = new Set([
  'status',
  'severity',
  'type',
  'nodeClass',
  'approvalStatus',
  'healthStatus',
  'state',
  'activityType',
  'statusCode',
  'activityResult',
  'sourceType',
]);

type Change = (key: string, value: unknown) => unknown;

const CHANGES: Partial<Record<FaultKind, (seconds: number) => Change>> = {
  'null-names': () => (key, value) => (NAME_KEYS.has(key) ? null : value),
  'null-lists': () => (_key, value) => (Array.isArray(value) ? null : value),
  'unknown-enums': () => (key, value) => (ENUM_KEYS.has(key) && typeof value === 'string' ? 'SOMETHING_NEW' : value),
  milliseconds: () => (key, value) => (TIME_KEYS.has(key) && typeof value === 'number' ? value * 1000 : value),
  'clock-skew': (seconds) => (key, value) =>
    key === 'activityTime' && typeof value === 'number' ? value + seconds : value,
};

/** Applies one body fault to a whole answer and returns the spoiled copy. */
export function spoil(body: unknown, kind: FaultKind, seconds: number): unknown {
  if (kind === 'null-body') return withoutList(body);
  if (kind === 'bare-cursor') return withBareCursor(body);
  const change = CHANGES[kind]?.(seconds);
  return change === undefined ? body : mapRows(body, change);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The list of the answer is spared and its rows are changed: `results`, `activities` and bare arrays stay lists. */
function mapRows(body: unknown, change: Change): unknown {
  if (Array.isArray(body)) return body.map((row) => mapValue(row, change));
  if (!isRecord(body)) return body;
  for (const list of ['results', 'activities']) {
    const rows = body[list];
    if (Array.isArray(rows)) return { ...body, [list]: rows.map((row) => mapValue(row, change)) };
  }
  return mapValue(body, change);
}

function mapValue(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return value.map((item) => mapValue(item, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapValue(change(key, inner), change)]));
}

function withoutList(body: unknown): unknown {
  if (!isRecord(body)) return null;
  if ('results' in body) return { ...body, results: null };
  return 'activities' in body ? { ...body, activities: null } : null;
}

function withBareCursor(body: unknown): unknown {
  if (!isRecord(body) || !isRecord(body['cursor'])) return body;
  return { ...body, cursor: body['cursor']['name'] };
}
