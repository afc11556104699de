import { readFileSync } from 'node:fs';

/** A running exporter as the commands see it. */
export interface Remote {
  /** Throws RemoteError for anything but a success; the message is for the person at the terminal. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, options?: CallOptions): Promise<unknown>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for the answer. Default 30 s. */
  readonly timeoutMs?: number;
}

export class RemoteError extends Error {
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'RemoteError';
    this.status = options.status;
  }
}

export interface RemoteOptions {
  readonly url: string;
  readonly tokenFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultTimeoutMs = 30_000;

export function createRemote({ url, tokenFile, env }: RemoteOptions): Remote {
  return {
    async call(method, path, body, { headers = {}, timeoutMs = defaultTimeoutMs } = {}) {
      const token = readToken(tokenFile, env);
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw new RemoteError(`${url} does not answer${reasonOf(error)}`, { cause: error });
      });
      const answer: unknown = await response.json().catch((error: unknown) => {
        throw new RemoteError(`${url} does not answer like Patchhaven`, { cause: error, status: response.status });
      });
      if (response.ok) return answer;
      if (response.status === 401) throw new RemoteError(`${url} does not accept this token`, { status: 401 });
      const { title = response.statusText, detail = '' } = answer as {
        readonly title?: string;
        readonly detail?: string;
      };
      throw new RemoteError(`${title}. ${detail}`, { status: response.status });
    },
  };
}

/** What fetch hides behind "fetch failed": ECONNREFUSED, SELF_SIGNED_CERT_IN_CHAIN and their like. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return '';
  return ` (${'code' in cause ? String(cause.code) : cause.message})`;
}

export function hasCredentials({ tokenFile, env }: RemoteOptions): boolean {
  return tokenFile !== undefined || (env['PATCHHAVEN_TOKEN'] ?? '') !== '';
}

function readToken(tokenFile: string | undefined, env: RemoteOptions['env']): string {
  if (tokenFile === undefined) {
    const token = env['PATCHHAVEN_TOKEN'];
    if (token === undefined || token === '') throw new RemoteError('needs --token-file or PATCHHAVEN_TOKEN');
    return token;
  }
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    throw new RemoteError(`the token file ${tokenFile} cannot be read`, { cause: error });
  }
}
