/** How far one source may be written to. */
export interface OrderSettings {
  readonly enabled: boolean;
  /** For sending one order, tokens and waiting included. */
  readonly timeoutSeconds: number;
  /** Orders of one organization within a minute. */
  readonly perMinute: number;
  /** Orders on their way at the same time. */
  readonly concurrency: number;
}
