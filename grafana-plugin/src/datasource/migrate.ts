import {
  defaultQuery,
  eventTypes,
  groupings,
  ledgerActions,
  ledgerFormats,
  maxLimit,
  minRefreshSeconds,
  type PatchhavenQuery,
  queryTypes,
  stateKinds,
  topologyDepths,
  updateSeverities,
} from './query';

/**
 * A query as it is saved, written by hand in a dashboard file, or handed over empty by an editor → a whole query. Lists
 * may be a single text or comma-separated text, numbers may be text. A word this version does not know falls back to
 * the default, except the query type: guessing that would draw something else, so it throws.
 */
export function migrateQuery(saved: unknown, refId = 'A'): PatchhavenQuery {
  const raw: Readonly<Record<string, unknown>> = isObject(saved) ? saved : {};
  const type = raw.queryType ?? raw.type ?? defaultQuery.queryType;
  const queryType = oneOf(queryTypes, type);
  if (queryType === undefined) {
    throw new Error(
      `This query is of the type "${String(type)}", which needs a newer version of the Patchhaven plugin.`,
    );
  }
  const base = isObject(raw.datasource) ? { datasource: raw.datasource } : {};
  return {
    ...base,
    ...(typeof raw.hide === 'boolean' && { hide: raw.hide }),
    ...(typeof raw.key === 'string' && { key: raw.key }),
    refId: typeof raw.refId === 'string' ? raw.refId : refId,
    queryType,
    organization: toList(raw.organization),
    site: toList(raw.site),
    group: toList(raw.group),
    device: toList(raw.device),
    eventTypes: words(eventTypes, raw.eventTypes),
    windowKind: oneOf(['all', 'quiet', 'maintenance'], raw.windowKind) ?? defaultQuery.windowKind,
    actions: words(ledgerActions, raw.actions),
    ledgerFormat: oneOf(ledgerFormats, raw.ledgerFormat) ?? defaultQuery.ledgerFormat,
    stateKind: oneOf(stateKinds, raw.stateKind) ?? defaultQuery.stateKind,
    by: oneOf(groupings, raw.by) ?? defaultQuery.by,
    depth: oneOf(topologyDepths, raw.depth) ?? defaultQuery.depth,
    text: typeof raw.text === 'string' ? raw.text : '',
    severities: words(updateSeverities, raw.severities),
    includeClosed: raw.includeClosed === true,
    aheadHours: toNumber(raw.aheadHours, defaultQuery.aheadHours, 0, 24 * 366),
    legend: typeof raw.legend === 'string' ? raw.legend : '',
    limit: toNumber(raw.limit, defaultQuery.limit, 1, maxLimit),
    refreshSeconds: toRefresh(raw.refreshSeconds),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text with a variable stays whole: `${device:csv}` is one entry. */
function toList(value: unknown): string[] {
  const entries = Array.isArray(value) ? value : typeof value === 'string' ? splitText(value) : [];
  return entries.filter((entry): entry is string => typeof entry === 'string' && entry.trim() !== '');
}

function splitText(text: string): string[] {
  return text.includes('$') || text.includes('[[') ? [text] : text.split(',').map((part) => part.trim());
}

function words<T extends string>(known: readonly T[], value: unknown): T[] {
  return toList(value).flatMap((entry) => oneOf(known, entry) ?? []);
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((word) => word === value);
}

function toNumber(value: unknown, fallback: number, min: number, max: number): number {
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof given === 'number' && Number.isFinite(given) ? Math.min(max, Math.max(min, given)) : fallback;
}

function toRefresh(value: unknown): number {
  const seconds = toNumber(value, 0, 0, 3600);
  return seconds === 0 ? 0 : Math.max(minRefreshSeconds, seconds);
}
