import { APP_ROOT } from '../constants';

/** Unix milliseconds. */
export interface LinkSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Path of the device page inside Grafana, without sub path. By id; alert rules link to the same page by
 * `organization` and `instance`, since they know no id.
 */
export function devicePath(device: string, span?: LinkSpan): string {
  const params = new URLSearchParams({ id: device });
  if (span !== undefined) {
    params.set('from', String(Math.floor(span.fromMs)));
    params.set('to', String(Math.ceil(span.toMs)));
  }
  return `${APP_ROOT}/device?${params.toString()}`;
}
