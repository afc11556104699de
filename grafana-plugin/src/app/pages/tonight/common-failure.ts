import type { Resource } from '../../hooks/useResource';

export interface CommonFailure {
  readonly message: string;
  /** When the oldest of what is still shown was read; undefined where nothing is. */
  readonly readAtMs: number | undefined;
}

/** What keeps every one of these from being read, where it is the same for all. */
export function commonFailure(resources: ReadonlyArray<Resource<unknown>>): CommonFailure | undefined {
  const failed = resources.filter(
    (resource): resource is Extract<Resource<unknown>, { status: 'error' | 'stale' }> =>
      resource.status === 'error' || resource.status === 'stale',
  );
  const [first] = failed;
  if (first === undefined || failed.length < resources.length) {
    return undefined;
  }
  const { message } = first.error;
  if (failed.some(({ error }) => error.message !== message)) {
    return undefined;
  }
  const times = failed.flatMap((resource) => (resource.status === 'stale' ? [resource.atMs] : []));
  return { message, readAtMs: times.length === 0 ? undefined : Math.min(...times) };
}
