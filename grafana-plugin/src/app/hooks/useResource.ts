import { useCallback, useEffect, useState } from 'react';
import { type ExporterError, toExporterError } from '../../shared/api/exporter-error';

/** Loads something of the exporter. Its identity is the key: wrap it in useCallback. */
export type Load<T> = (signal: AbortSignal) => Promise<T>;

/** `stale`: what was read at `atMs` is still shown, though the last try to renew it failed. */
export type Resource<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly data: T; readonly atMs: number }
  | { readonly status: 'stale'; readonly data: T; readonly atMs: number; readonly error: ExporterError }
  | { readonly status: 'error'; readonly error: ExporterError };

export interface ResourceHandle<T> {
  readonly resource: Resource<T>;
  /** True while what is shown is being renewed or replaced. */
  readonly busy: boolean;
  readonly reload: () => void;
}

/** A number, or what the last answer calls for (undefined: it failed). A function has to be the same each time. */
export type Refresh<T> = number | ((data: T | undefined) => number);

interface Held<T> {
  readonly load: Load<T>;
  readonly round: number;
  readonly read?: { readonly data: T; readonly atMs: number };
  readonly error?: ExporterError;
}

/**
 * Reads, and reads again each `refreshMs` while the page is visible. A new `load` starts over, so that one device is never
 * shown as another; with `keepPrevious` (filters of one list) the old answer stays until the new one is there.
 * The browser sends the ETag of the answer before by itself, so an unchanged answer costs next to nothing.
 */
export function useResource<T>(
  load: Load<T>,
  { refreshMs, keepPrevious = false }: { refreshMs?: Refresh<NoInfer<T>>; keepPrevious?: boolean } = {},
): ResourceHandle<T> {
  const [held, setHeld] = useState<Held<T>>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (data: T | undefined) => {
      const waitMs = typeof refreshMs === 'function' ? refreshMs(data) : refreshMs;
      if (waitMs !== undefined) {
        timer = setTimeout(() => (document.hidden ? again(data) : void read()), waitMs);
      }
    };
    const read = async () => {
      const next = await settle(load, controller.signal);
      if (controller.signal.aborted) {
        return;
      }
      setHeld((before) => {
        const last = before?.load === load ? before.read : undefined;
        return { load, round, ...(last && { read: last }), ...next };
      });
      again(next.read?.data);
    };
    void read();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [load, refreshMs, round]);

  const current = held?.load === load;
  return {
    resource: toResource(current || keepPrevious ? held : undefined),
    busy: !current || held.round !== round,
    reload,
  };
}

async function settle<T>(load: Load<T>, signal: AbortSignal): Promise<Pick<Held<T>, 'read' | 'error'>> {
  try {
    return { read: { data: await load(signal), atMs: Date.now() } };
  } catch (error) {
    return { error: toExporterError(error) };
  }
}

function toResource<T>(held: Held<T> | undefined): Resource<T> {
  if (held?.read !== undefined) {
    return held.error === undefined
      ? { status: 'ready', ...held.read }
      : { status: 'stale', ...held.read, error: held.error };
  }
  return held?.error === undefined ? { status: 'loading' } : { status: 'error', error: held.error };
}
