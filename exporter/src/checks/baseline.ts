import { ownerMatchers, promqlString, type SeriesOwner } from '../domain/promql.ts';

/** A service, target or probe of one device, told apart by what kind of series it is and its own labels. */
export interface Running {
  readonly id: string;
  /** For people: `nginx.service`, `probe https`. */
  readonly name: string;
  /** The source that lists it; absent: Prometheus has a series of it. */
  readonly source?: string;
}

/** Time that something has to have been running without a break before the outage to be expected back. */
const steadyWindow = '15m';

/**
 * Services that come and go by themselves: one-time jobs, things started by a trigger, parts of a login session and the
 * updaters. That they are not running proves nothing. Whole names, case does not count.
 */
const comeAndGo = [
  // systemd
  '(user|user-runtime-dir|session|getty|serial-getty|modprobe|systemd-fsck|systemd-backlight|lvm2-pvscan)@.*',
  '(apt|dpkg|dnf|zypper|man-db|logrotate|fstrim|packagekit|fwupd|motd|snap)[^/]*\\.service',
  'systemd-(tmpfiles|hostnamed|timedated|localed|update|random-seed|machine-id|sysusers|firstboot|hwdb|pcrphase)[^/]*',
  // Windows
  '.*_[0-9a-f]{4,8}',
  'sppsvc|TrustedInstaller|wuauserv|UsoSvc|WaaSMedicSvc|BITS|DoSvc|msiserver|TiWorker|MapsBroker|RemoteRegistry',
  'edgeupdatem?|gupdatem?|clr_optimization.*|tiledatamodelsvc|CDPSvc|WbioSrvc|StiSvc|wisvc|WdiSystemHost|smphost',
  'InstallService|AppXSvc|ClipSVC|LicenseManager|StorSvc|TabletInputService|WerSvc|wlidsvc|defragsvc|TieringEngineService',
];

/** PromQL for what ran steadily until the moment of evaluation. */
export function steadyQuery(owner: SeriesOwner): string {
  return eachSelector(owner, (selector) => `avg_over_time(${selector}[${steadyWindow}]) == 1`);
}

/** PromQL for what runs (1) and what is known not to run (0) at the moment of evaluation. */
export function stateQuery(owner: SeriesOwner): string {
  return eachSelector(owner, (selector) => selector);
}

/** Kinds of series that say "runs" by 1. `kind` keeps them apart in one answer. */
function eachSelector(owner: SeriesOwner, expression: (selector: string) => string): string {
  const who = ownerMatchers(owner);
  const selectors = {
    unit: `node_systemd_unit_state{${who}, state="active", name=~".+\\\\.service"}`,
    service: `windows_service_state{${who}, state="running"}`,
    target: `up{${who}}`,
    probe: `probe_success{${who}}`,
  };
  return Object.entries(selectors)
    .map(([kind, selector]) => `label_replace(${expression(selector)}, "kind", ${promqlString(kind)}, "", "")`)
    .join(' or ');
}

/** What a sample of either query stands for; undefined for what comes and goes by itself or is left out by the user. */
export function toRunning(
  labels: Readonly<Record<string, string>>,
  ignore: readonly RegExp[],
  source?: string,
): Running | undefined {
  const { kind = '', job = '' } = labels;
  const own = labels['name'] ?? '';
  const name = own === '' ? `${kind} ${job}` : own;
  if (ignoredByDefault.test(name) || ignore.some((pattern) => pattern.test(name))) return undefined;
  return { id: JSON.stringify([kind, job, own.toLowerCase()]), name, ...(source === undefined ? {} : { source }) };
}

const ignoredByDefault = wholeName(comeAndGo);

/** Patterns for whole names, in any case. Throws SyntaxError for one that is none. */
export function wholeName(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`, 'i');
}

/**
 * Names of what ran before and does not run now, in order. Of things that are told apart by other labels alone (two
 * probes of one job) as many have to run as before.
 */
export function missing(before: readonly Running[], now: readonly Running[]): readonly string[] {
  const left = new Map<string, number>();
  for (const { id } of now) left.set(id, (left.get(id) ?? 0) + 1);
  const gone = before.filter(({ id }) => {
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count <= 0;
  });
  return [...new Set(gone.map(({ name }) => name))].sort();
}
