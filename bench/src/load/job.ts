/** What the load process is asked to do, for so long. */
export interface LoadJob {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly token: string;
  /** Pause of each connection between an answer and its next request. */
  readonly pauseMs: number;
  readonly send:
    | { readonly kind: 'events'; readonly perRequest: number; readonly devices: number }
    /** One device's group per push, as one would push from hosts: all its series, or no more than two gauges. */
    | { readonly kind: 'push'; readonly devices: number; readonly series: 'all' | 'two' }
    | { readonly kind: 'get'; readonly path: string };
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly clientCpuMs: number;
}
