import { parse } from 'yaml';
import { parseDurationMs } from '../promql/duration.ts';
import type { Matcher } from '../promql/matcher.ts';
import { createMatcher } from '../promql/matcher.ts';
import { parseMatchers } from './matchers.ts';

export interface Route {
  /** Unique position in the tree; the notification log is kept per position, group and receiver. */
  readonly key: string;
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  /** `all` = `group_by: ['...']`. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly routes: readonly Route[];
}

export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}

/** One configured way out of a receiver. A receiver without any is a null receiver. */
export interface Integration {
  readonly name: string;
  readonly sendsResolved: boolean;
}

export interface AlertmanagerConfig {
  readonly route: Route;
  readonly inhibitRules: readonly InhibitRule[];
  readonly receivers: ReadonlyMap<string, readonly Integration[]>;
}

type Yaml = Readonly<Record<string, unknown>>;

const ROUTE_KEYS = new Set(
  'receiver group_by group_wait group_interval repeat_interval matchers match match_re continue routes'.split(' '),
);
const INHIBIT_KEYS = new Set(
  'name source_matchers source_match source_match_re target_matchers target_match target_match_re equal'.split(' '),
);
const SILENT_ON_RESOLVE = new Set(['slack_configs', 'email_configs', 'wechat_configs']);

/** Reads an alertmanager.yml; routing keys that are not modelled (time intervals) are refused. */
export function parseAlertmanagerConfig(text: string): AlertmanagerConfig {
  const file = asMap(parse(text));
  return {
    route: toRoute(asMap(file['route']), undefined, ''),
    inhibitRules: asList(file['inhibit_rules']).map((entry) => toInhibitRule(asMap(entry))),
    receivers: new Map(asList(file['receivers']).map((entry) => toReceiver(asMap(entry)))),
  };
}

function toRoute(yaml: Yaml, parent: Route | undefined, position: string): Route {
  refuseUnknownKeys(yaml, ROUTE_KEYS);
  const groupBy = yaml['group_by'] === undefined ? undefined : asList(yaml['group_by']).map(String);
  const route: Route = {
    key: `${parent?.key ?? ''}/${position}`,
    receiver: yaml['receiver'] === undefined ? (parent?.receiver ?? '') : asText(yaml['receiver']),
    matchers: toMatchers(yaml, ''),
    continues: yaml['continue'] === true,
    groupBy: groupBy === undefined ? (parent?.groupBy ?? []) : groupBy.includes('...') ? 'all' : groupBy,
    groupWaitMs: durationMs(yaml['group_wait']) ?? parent?.groupWaitMs ?? 30_000,
    groupIntervalMs: durationMs(yaml['group_interval']) ?? parent?.groupIntervalMs ?? 300_000,
    repeatIntervalMs: durationMs(yaml['repeat_interval']) ?? parent?.repeatIntervalMs ?? 14_400_000,
    routes: [],
  };
  const children = asList(yaml['routes']);
  return { ...route, routes: children.map((child, index) => toRoute(asMap(child), route, String(index))) };
}

function toInhibitRule(yaml: Yaml): InhibitRule {
  refuseUnknownKeys(yaml, INHIBIT_KEYS);
  return {
    sourceMatchers: toMatchers(yaml, 'source_'),
    targetMatchers: toMatchers(yaml, 'target_'),
    equal: asList(yaml['equal']).map(String),
  };
}

function toMatchers(yaml: Yaml, prefix: string): Matcher[] {
  const list = yaml[`${prefix}matchers`];
  const texts = typeof list === 'string' ? [list] : asList(list).map(asText);
  const equals = Object.entries(asMap(yaml[`${prefix}match`] ?? {}));
  const patterns = Object.entries(asMap(yaml[`${prefix}match_re`] ?? {}));
  return [
    ...texts.flatMap(parseMatchers),
    ...equals.map(([name, value]) => createMatcher(name, '=', asText(value))),
    ...patterns.map(([name, value]) => createMatcher(name, '=~', asText(value))),
  ];
}

function toReceiver(yaml: Yaml): [string, Integration[]] {
  const integrations = Object.entries(yaml)
    .filter(([key]) => key.endsWith('_configs'))
    .flatMap(([key, entries]) => asList(entries).map((entry) => toIntegration(key, asMap(entry))));
  return [asText(yaml['name']), integrations];
}

function toIntegration(key: string, yaml: Yaml): Integration {
  const sendsResolved = yaml['send_resolved'];
  return {
    name: key.replace(/_configs$/, ''),
    sendsResolved: typeof sendsResolved === 'boolean' ? sendsResolved : !SILENT_ON_RESOLVE.has(key),
  };
}

function refuseUnknownKeys(map: Yaml, known: ReadonlySet<string>): void {
  const unknown = Object.keys(map).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`Alertmanager setting not modelled: ${unknown.join(', ')}`);
}

function durationMs(value: unknown): number | undefined {
  return value === undefined ? undefined : parseDurationMs(asText(value));
}

function asMap(value: unknown): Yaml {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected a mapping');
  return value as Yaml;
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value;
}

function asText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error('expected a text');
}
