import type { ComboboxOption } from '@grafana/ui';
import { type PatchhavenQuery, queryTitle, type QueryType, queryTypes } from '../query';

/** What a query type shows, in one line. */
const descriptions: Record<QueryType, string> = {
  timeline: 'Events, windows, health checks and refusals, for the timeline panel and annotations',
  events: 'The event log',
  states: 'One lane per device, for a state timeline',
  windows: 'Quiet and maintenance windows',
  ledger: 'Each decision and its reason',
  devices: 'The fleet as it is now',
  compliance: 'Compliant, not compliant and unknown devices',
  updates: 'Each update and where it is missing',
  topology: 'Organizations, sites and devices, for a node graph',
  rollouts: 'Rollouts and their waves',
};

export const queryTypeOptions: Array<ComboboxOption<QueryType>> = queryTypes.map((value) => ({
  value,
  label: queryTitle(value),
  description: descriptions[value],
}));

type FilterField = 'organization' | 'site' | 'group' | 'device';

/** Filters a query type can use. */
export const filterFields: Record<QueryType, readonly FilterField[]> = {
  timeline: ['organization', 'site', 'group', 'device'],
  events: ['organization', 'site', 'group', 'device'],
  states: ['organization', 'site', 'group', 'device'],
  windows: ['organization', 'site', 'group', 'device'],
  ledger: ['organization', 'site', 'group', 'device'],
  devices: ['organization', 'site', 'group', 'device'],
  compliance: ['organization', 'site', 'group'],
  updates: ['organization'],
  topology: ['organization', 'site'],
  rollouts: ['organization'],
};

export const hasTimeAhead: readonly QueryType[] = ['timeline', 'windows'];
export const hasEventTypes: readonly QueryType[] = ['timeline', 'events'];

/** `patch.install.failed` → `Patch install failed`. */
export function wordsOf(code: string): string {
  const text = code.replace(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function optionsOf<T extends string>(values: readonly T[]): Array<ComboboxOption<T>> {
  return values.map((value) => ({ value, label: wordsOf(value) }));
}

export type QueryPart = Partial<PatchhavenQuery>;
