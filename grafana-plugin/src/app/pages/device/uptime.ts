import { type DataFrame, type DataQueryRequest, type Labels, rangeUtil, type TimeRange } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { from, isObservable, type Observable } from 'rxjs';
import { toAbortable } from '../../../shared/api/abortable';

/** Series that say whether a target answers, of one instance. */
export function uptimeQuery(instance: string): string {
  const value = instance.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{__name__=~"up|probe_success", instance="${value}"}`;
}

const maxPoints = 500;
const shortestStepMs = 15_000;

/** Uptime of an instance from a Prometheus data source, asked as a panel would ask it. Throws what it answers. */
export async function readUptime(
  uid: string,
  instance: string,
  range: TimeRange,
  timezone: string,
  signal?: AbortSignal,
): Promise<readonly DataFrame[]> {
  const source = await getDataSourceSrv().get(uid);
  const intervalMs = Math.max(shortestStepMs, Math.ceil((range.to.valueOf() - range.from.valueOf()) / maxPoints));
  const query: PrometheusQuery = { refId: 'uptime', expr: uptimeQuery(instance), range: true, instant: false };
  const request: DataQueryRequest<PrometheusQuery> = {
    app: 'patchhaven-fleet-app',
    requestId: `patchhaven-uptime-${instance}`,
    timezone,
    range,
    interval: rangeUtil.secondsToHms(intervalMs / 1000),
    intervalMs,
    maxDataPoints: maxPoints,
    scopedVars: {},
    targets: [query],
    startTime: Date.now(),
  };
  const { data, errors } = await toAbortable(toObservable(source.query(request)), signal);
  if (errors !== undefined && errors.length > 0) {
    throw new Error(errors[0]?.message ?? 'Prometheus refused the query.');
  }
  return data as readonly DataFrame[];
}

interface PrometheusQuery extends DataQuery {
  readonly expr: string;
  readonly range: boolean;
  readonly instant: boolean;
}

function toObservable<T>(answer: Observable<T> | Promise<T>): Observable<T> {
  return isObservable(answer) ? answer : from(answer);
}

/** Leaves out series that say they are of another organization: instances may have the same name in several. */
export function ofOrganization(frames: readonly DataFrame[], organization: string): readonly DataFrame[] {
  const isOther = (labels: Labels | undefined) =>
    labels?.['organization'] !== undefined && labels['organization'] !== organization;
  return frames.filter((frame) => !frame.fields.some(({ labels }) => isOther(labels)));
}
