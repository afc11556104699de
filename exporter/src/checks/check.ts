import type { OsFacts } from '../domain/device.ts';
import { ownerMatchers, promqlString, type SeriesOwner } from '../domain/promql.ts';

/** Regular expressions over service names, each of them one service (or set of services) that has to run. */
export interface Services {
  /** systemd units as node_exporter's systemd collector names them: `nginx.service`. */
  readonly linux: readonly string[];
  /** Windows services by their key, as windows_exporter's service collector names them; case does not count. */
  readonly windows: readonly string[];
}

/** What is asked of the RMM alone, as regular expressions over whole names. */
export interface RmmHealth {
  /** Windows services by their key. */
  readonly services: readonly string[];
  /** Checks that the RMM runs itself, as it lists them. */
  readonly checks: readonly string[];
}

/**
 * What is asked about a device: a query of the user's own, whether services run (by Prometheus, or by the RMM where that
 * has no series), or what the RMM alone can say.
 */
export type Question = { readonly query: string } | { readonly services: Services } | { readonly rmm: RmmHealth };

/**
 * The PromQL that answers a question about one device: samples that are not 0 pass, none at all is "no data".
 * undefined when the question has nothing to say about such a system.
 */
export function promqlFor(
  question: Question,
  owner: SeriesOwner,
  os: OsFacts['family'] | undefined,
): string | undefined {
  if ('query' in question) return fillIn(question.query, owner);
  if ('rmm' in question) return undefined;
  const { linux, windows } = question.services;
  const onLinux = allRun(linux, (name) => systemdUnits(owner, name));
  const onWindows = allRun(windows, (name) => windowsServices(owner, name));
  if (os === 'linux') return onLinux;
  if (os === 'windows') return onWindows;
  // Nobody knows the system: whichever exporter answers decides.
  const either = [onLinux, onWindows].filter((text) => text !== undefined).map((text) => `(${text})`);
  return os === undefined && either.length > 0 ? either.join(' or ') : undefined;
}

/** PromQL for those of the services that are there and do not run; undefined for every other question. */
export function stoppedQuery(question: Question, owner: SeriesOwner): string | undefined {
  if (!('services' in question)) return undefined;
  const { linux, windows } = question.services;
  const any = (patterns: readonly string[]): string => patterns.map((pattern) => `(?:${pattern})`).join('|');
  return [
    ...(linux.length === 0 ? [] : [`${systemdUnits(owner, any(linux))} == 0`]),
    ...(windows.length === 0 ? [] : [`${windowsServices(owner, any(windows))} == 0`]),
  ].join(' or ');
}

function fillIn(query: string, { instance, organization }: SeriesOwner): string {
  return query
    .replaceAll('{{instance}}', promqlString(instance).slice(1, -1))
    .replaceAll('{{organization}}', promqlString(organization).slice(1, -1));
}

/** Every pattern needs a series: the product of a missing one is missing, which is "no data" and not "the rest runs". */
function allRun(patterns: readonly string[], series: (pattern: string) => string): string | undefined {
  return patterns.length === 0 ? undefined : patterns.map((pattern) => `min(${series(pattern)})`).join(' * ');
}

function systemdUnits(owner: SeriesOwner, pattern: string): string {
  return `node_systemd_unit_state{${ownerMatchers(owner)}, state="active", name=~${promqlString(pattern)}}`;
}

function windowsServices(owner: SeriesOwner, pattern: string): string {
  const anyCase = promqlString(`(?i:${pattern})`);
  return `windows_service_state{${ownerMatchers(owner)}, state="running", name=~${anyCase}}`;
}
