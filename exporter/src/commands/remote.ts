import { readFileSync } from 'node:fs';

/** A running exporter as the commands see it. */
export interface Remote {
  /** Throws RemoteError for anything but a success; the message is for the person at the terminal. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

export class RemoteError extends Error {}

interface RemoteOptions {
  readonly url: string;
  readonly tokenFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const timeoutMs = 30_000;

export function createRemote({ url, tokenFile, env }: RemoteOptions): Remote {
  return {
    async call(method, path, body) {
      const token = readToken(tokenFile, env);
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw new RemoteError(`${url} does not answer`, { cause: error });
      });
      const answer: unknown = await response.json().catch((error: unknown) => {
        throw new RemoteError(`${url} does not answer like Patchhaven`, { cause: error });
      });
      if (response.ok) return answer;
      const { title = response.statusText, detail = '' } = answer as {
        readonly title?: string;
        readonly detail?: string;
      };
      throw new RemoteError(`${title}. ${detail}`);
    },
  };
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
