import type { CliIo } from '../cli.ts';
import { StoreError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { createRemote, hasCredentials, type RemoteOptions, RemoteError } from './remote.ts';
import { type TokenAccess, tokensOfExporter, tokensOfStore } from './token-access.ts';

interface TokenPlaces {
  /** Rejects with StoreError. */
  readonly openStore: () => Promise<PatchStore>;
  readonly remote: RemoteOptions;
  readonly clock: Clock;
}

/** Works on the store, or, while an exporter holds it, through that exporter's API. 1: neither was possible. */
export async function withTokens(
  { openStore, remote, clock }: TokenPlaces,
  work: (tokens: TokenAccess) => Promise<number>,
  io: Pick<CliIo, 'err'>,
): Promise<number> {
  const store = await openStore().catch((error: unknown) => {
    if (error instanceof StoreError && error.kind === 'locked') return undefined;
    throw error;
  });
  if (store !== undefined) return work(tokensOfStore(store, clock)).finally(() => store.close());
  if (!hasCredentials(remote)) {
    io.err(whatToDo(remote.url));
    return 1;
  }
  io.err(`The store is in use, so this goes through the exporter at ${remote.url}.\n`);
  try {
    return await work(tokensOfExporter(createRemote(remote)));
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    io.err(`patchhaven token: ${error.message}\n`);
    return 1;
  }
}

function whatToDo(url: string): string {
  return `patchhaven token: the store is in use, most likely by a running exporter.
With an admin token, the exporter does this for you:
  put the token into PATCHHAVEN_TOKEN, or its file into --token-file, and run the command again
  (add --url when the exporter is not at ${url}).
Without one, make the first admin token while no exporter runs:
  before you start it, or stop it for a moment. A restart shorter than five minutes causes no page.
`;
}
