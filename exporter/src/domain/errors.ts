/** Why a source could not be read. The kind is the `reason` label of `patchhaven_source_errors_total`. */
export const connectorErrorKinds = [
  'auth',
  'forbidden',
  'rate_limited',
  'unavailable',
  'timeout',
  'malformed',
  /** The vendor ignored what we asked for (a filter, a page size): nothing it answered can be trusted. */
  'filter_ignored',
  'shrunk',
  'aborted',
] as const;
export type ConnectorErrorKind = (typeof connectorErrorKinds)[number];

export class ConnectorError extends Error {
  readonly kind: ConnectorErrorKind;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Path of the request without query: never a secret. */
  readonly path: string | undefined;
  /** The request never left: whatever it asked for was not done. */
  readonly unsent: boolean;

  constructor(
    kind: ConnectorErrorKind,
    message: string,
    options: { cause?: unknown; status?: number | undefined; path?: string | undefined; unsent?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ConnectorError';
    this.unsent = options.unsent ?? false;
    this.kind = kind;
    this.status = options.status;
    this.path = options.path;
  }
}

/** The store could not do what was asked; nothing of the call is stored. */
export class StoreError extends Error {
  readonly kind: 'unavailable' | 'full' | 'corrupt' | 'locked' | 'conflict';

  constructor(kind: StoreError['kind'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
