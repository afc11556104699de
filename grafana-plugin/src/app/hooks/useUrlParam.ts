import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

export type ParamChange = Readonly<Record<string, string | undefined>>;

/** Changes parameters of the URL together; `undefined` and '' take one away. `replace` leaves no step in the history. */
export function useChangeParams(): (change: ParamChange, options?: { replace?: boolean }) => void {
  const [, setSearch] = useSearchParams();
  return useCallback(
    (change, options) =>
      setSearch((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(change)) {
          if (value === undefined || value === '') {
            after.delete(name);
          } else {
            after.set(name, value);
          }
        }
        return after;
      }, options),
    [setSearch],
  );
}

/** One parameter of the URL; `undefined` when it is missing or empty. */
export function useUrlParam(name: string): [string | undefined, (value: string | undefined) => void] {
  const [search] = useSearchParams();
  const change = useChangeParams();
  const set = useCallback((value: string | undefined) => change({ [name]: value }), [change, name]);
  return [search.get(name) || undefined, set];
}
