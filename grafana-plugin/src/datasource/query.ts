import { CoreApp, type DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type { PatchEvent } from '../shared/api/types';

export interface PatchhavenOptions extends DataSourceJsonData {
  /** Seconds; read by Grafana itself for each proxied request. */
  readonly timeout?: number;
  readonly tlsSkipVerify?: boolean;
  readonly tlsAuthWithCACert?: boolean;
}

export interface PatchhavenSecrets {
  readonly token?: string;
  readonly tlsCACert?: string;
}

export const queryTypes = [
  'timeline',
  'events',
  'states',
  'windows',
  'ledger',
  'devices',
  'compliance',
  'updates',
  'topology',
  'rollouts',
] as const;
export type QueryType = (typeof queryTypes)[number];

/** `device.observed` stands for every change of a device and is left out unless asked for. */
export const eventTypes = [
  'patch.install.started',
  'patch.installed',
  'patch.install.failed',
  'patch.install.completed',
  'reboot.pending',
  'reboot.ordered',
  'reboot.started',
  'reboot.completed',
  'maintenance.planned',
  'maintenance.ended',
  'order.placed',
  'order.settled',
  'device.observed',
  'device.removed',
] as const satisfies ReadonlyArray<PatchEvent['type']>;
export type EventType = (typeof eventTypes)[number];
export const defaultEventTypes = eventTypes.filter((type) => !type.startsWith('device.'));

export const ledgerActions = [
  'planned',
  'opened',
  'extended',
  'closed',
  'refused',
  'verified',
  'verification_failed',
  'verification_skipped',
] as const;
export const groupings = ['organization', 'site', 'group'] as const;
export const topologyDepths = ['organization', 'site', 'device'] as const;
export const stateKinds = ['patch', 'uptime'] as const;
export const ledgerFormats = ['table', 'logs'] as const;
export const updateSeverities = ['critical', 'important', 'moderate', 'low', 'optional', 'unspecified'] as const;

/** A saved query. Every list may hold variables; an empty list does not filter. */
export interface PatchhavenQuery extends DataQuery {
  queryType: QueryType;
  organization: string[];
  site: string[];
  group: string[];
  /** Ids, instances or names. */
  device: string[];
  /** events */
  eventTypes: EventType[];
  /** windows */
  windowKind: 'all' | 'quiet' | 'maintenance';
  /** ledger */
  actions: Array<(typeof ledgerActions)[number]>;
  ledgerFormat: (typeof ledgerFormats)[number];
  /** states */
  stateKind: (typeof stateKinds)[number];
  /** compliance */
  by: (typeof groupings)[number];
  /** topology */
  depth: (typeof topologyDepths)[number];
  /** updates: part of id or title; devices: part of name, instance or id */
  text: string;
  /** updates; empty = every severity */
  severities: Array<(typeof updateSeverities)[number]>;
  /** updates: also those that are open nowhere */
  includeClosed: boolean;
  /** timeline and windows: how far past the range planned windows are still read */
  aheadHours: number;
  /** Name of a lane or series: `{{name}}`, `{{instance}}`, `{{organization}}`, `{{site}}`, `{{id}}`. */
  legend: string;
  /** Largest number of rows (states: lanes). What is cut is told in a notice. */
  limit: number;
  /** Look for changes this often while the panel is open; 0 = only when Grafana refreshes. */
  refreshSeconds: number;
}

export const maxLimit = 50_000;
export const minRefreshSeconds = 5;

export const defaultQuery: Omit<PatchhavenQuery, 'refId'> = {
  queryType: 'timeline',
  organization: [],
  site: [],
  group: [],
  device: [],
  eventTypes: [],
  windowKind: 'all',
  actions: [],
  ledgerFormat: 'table',
  stateKind: 'patch',
  by: 'organization',
  depth: 'site',
  text: '',
  severities: [],
  includeClosed: false,
  aheadHours: 24,
  legend: '',
  limit: 5_000,
  refreshSeconds: 0,
};

export function defaultQueryFor(app?: CoreApp): Partial<PatchhavenQuery> {
  return { ...defaultQuery, queryType: app === CoreApp.Explore ? 'events' : 'timeline' };
}

const titles: Record<QueryType, string> = {
  timeline: 'Timeline',
  events: 'Events',
  states: 'Device states',
  windows: 'Windows',
  ledger: 'Ledger',
  devices: 'Devices',
  compliance: 'Compliance',
  updates: 'Updates',
  topology: 'Topology',
  rollouts: 'Rollouts',
};

export function queryTitle(type: QueryType): string {
  return titles[type];
}

/** One line for a collapsed query row. */
export function displayText(query: PatchhavenQuery): string {
  const filters = (['organization', 'site', 'group', 'device'] as const)
    .filter((key) => query[key].length > 0)
    .map((key) => `${key} ${query[key].join(', ')}`);
  return [titles[query.queryType], ...filters].join(' · ');
}
