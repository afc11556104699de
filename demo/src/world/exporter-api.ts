import type { ExporterProcess } from './exporter-process.ts';

/** What the demo reads of the exporter's API. Times are RFC 3339. */
export interface LedgerLine {
  readonly at: string;
  readonly instance: string;
  readonly action: string;
  readonly reason: string;
  readonly text: string;
  /** null on lines about maintenance windows, which pause only CPU and service alerts. */
  readonly downAt: string | null;
}

export interface EventLine {
  readonly type: string;
  readonly device: string;
  readonly occurredAt: string;
  readonly data: { readonly patches?: readonly { readonly id: string }[] };
}

export interface WindowLine {
  readonly id: string;
  readonly instance: string;
  readonly open: boolean;
  readonly downAt: string | null;
  readonly endsAt: string;
  readonly outcome: string | null;
  readonly verification: { readonly verdict: string } | null;
}

interface DeviceLine {
  readonly id: string;
  readonly name: string;
  readonly identity: { readonly status: string };
}

export interface Explanation {
  readonly summary: string;
  readonly decision: { readonly action: string; readonly reason: string; readonly text: string };
}

export interface ExporterApi {
  devices(): Promise<readonly DeviceLine[]>;
  /** Oldest first, from the given time on. */
  ledger(from: Date): Promise<readonly LedgerLine[]>;
  events(from: Date): Promise<readonly EventLine[]>;
  quietWindows(): Promise<readonly WindowLine[]>;
  explain(device: string): Promise<Explanation>;
}

export function createExporterApi({ url, token }: Pick<ExporterProcess, 'url' | 'token'>): ExporterApi {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(`GET ${path}: ${String(response.status)} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const list = async <T>(path: string): Promise<readonly T[]> => (await get<{ items: T[] }>(path)).items;
  const since = (from: Date): string => `from=${from.toISOString()}&order=asc&limit=1000`;
  return {
    devices: () => list('devices?limit=100'),
    ledger: (from) => list(`ledger?${since(from)}`),
    events: (from) => list(`events?${since(from)}`),
    quietWindows: () => list('windows?kind=quiet&limit=100'),
    explain: (device) => get(`devices/${encodeURIComponent(device)}/explain`),
  };
}
