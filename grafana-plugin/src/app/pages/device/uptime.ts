import type { DataFrame, Labels } from '@grafana/data';
import { type FetchResponse, getBackendSrv, toDataQueryResponse } from '@grafana/runtime';
import { toAbortable } from '../../../shared/api/abortable';
import type { TimeSpan } from '../../../timeline/types';

/** Series that say whether a target answers, of one instance. */
export function uptimeQuery(instance: string): string {
  const value = instance.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{__name__=~"up|probe_success", instance="${value}"}`;
}

const maxPoints = 500;
const shortestStepMs = 15_000;

/** Uptime of an instance from a Prometheus data source, by Grafana's own query endpoint. Throws what it answers. */
export async function readUptime(
  uid: string,
  instance: string,
  { fromMs, toMs }: TimeSpan,
  signal?: AbortSignal,
): Promise<readonly DataFrame[]> {
  const request = getBackendSrv().fetch({
    url: '/api/ds/query',
    method: 'POST',
    data: {
      from: String(fromMs),
      to: String(toMs),
      queries: [
        {
          refId: 'uptime',
          datasource: { uid },
          expr: uptimeQuery(instance),
          range: true,
          instant: false,
          intervalMs: Math.max(shortestStepMs, Math.ceil((toMs - fromMs) / maxPoints)),
          maxDataPoints: maxPoints,
        },
      ],
    },
    showErrorAlert: false,
    showSuccessAlert: false,
  });
  const answer = await toAbortable(request as never, signal);
  const { data, errors } = toDataQueryResponse(answer as FetchResponse);
  if (errors !== undefined && errors.length > 0) {
    throw new Error(errors[0]?.message ?? 'Prometheus refused the query.');
  }
  return data as readonly DataFrame[];
}

/** Leaves out series that say they are of another organization: instances may have the same name in several. */
export function ofOrganization(frames: readonly DataFrame[], organization: string): readonly DataFrame[] {
  const isOther = (labels: Labels | undefined) =>
    labels?.['organization'] !== undefined && labels['organization'] !== organization;
  return frames.filter((frame) => !frame.fields.some(({ labels }) => isOther(labels)));
}
