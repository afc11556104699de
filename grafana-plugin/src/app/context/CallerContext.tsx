import React, { createContext, useCallback, useContext } from 'react';
import type { Answer } from '../../shared/api/types';
import { type Resource, useResource } from '../hooks/useResource';
import { useExporter } from './AppContext';

/** Who the exporter takes this user for, and what its clock says. */
export type Caller = Resource<Answer<'/status'>>;

const CallerContext = createContext<Caller>({ status: 'loading' });

/** As often as the pages of the night, which show when Prometheus was last heard. */
const refreshMs = 15_000;

/** Asks the exporter once for all pages; each request is judged anew by the exporter all the same. */
export function CallerProvider({ children }: { readonly children: React.ReactNode }): React.JSX.Element {
  const client = useExporter();
  const { resource } = useResource(
    useCallback((signal: AbortSignal) => client.get('/status', { signal }), [client]),
    { refreshMs },
  );
  return <CallerContext.Provider value={resource}>{children}</CallerContext.Provider>;
}

export function useCaller(): Caller {
  return useContext(CallerContext);
}
