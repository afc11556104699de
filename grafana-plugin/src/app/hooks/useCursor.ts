import { useCallback, useMemo, useState } from 'react';

export interface Pager {
  /** Sent with the request; undefined = the first page. */
  readonly cursor: string | undefined;
  /** From 1. */
  readonly page: number;
  readonly next: (cursor: string) => void;
  readonly previous: () => void;
  readonly first: () => void;
}

/** Walks a list by cursor, and back the way it came. `key` says which list: another one starts at its first page. */
export function useCursor(key: string): Pager {
  const [trail, setTrail] = useState<{ key: string; cursors: readonly string[] }>({ key, cursors: [] });
  const cursors = useMemo(() => (trail.key === key ? trail.cursors : []), [trail, key]);
  const go = useCallback((to: readonly string[]) => setTrail({ key, cursors: to }), [key]);
  return useMemo(
    () => ({
      cursor: cursors.at(-1),
      page: cursors.length + 1,
      next: (cursor) => go([...cursors, cursor]),
      previous: () => go(cursors.slice(0, -1)),
      first: () => go([]),
    }),
    [cursors, go],
  );
}
