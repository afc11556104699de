/** What the app is told in its configuration (jsonData). */
export interface AppSettings {
  /** The Patchhaven data source the pages read from. */
  readonly datasourceUid?: string;
  /** A Prometheus data source for uptime on the device page. */
  readonly prometheusUid?: string;
}

/** jsonData may be anything: provisioning files and older versions write it too. */
export function narrowSettings(jsonData: unknown): AppSettings {
  const { datasourceUid, prometheusUid } = (jsonData ?? {}) as Record<string, unknown>;
  return {
    ...(isName(datasourceUid) && { datasourceUid }),
    ...(isName(prometheusUid) && { prometheusUid }),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
