import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { type Kept, keptFrom, pageLink, type PageName, type PageParams } from '../routes';

export type LinkTo = <P extends PageName>(page: P, params?: PageParams[P] & Kept) => string;

/** Links that keep the organization and time span of this page, unless told otherwise. */
export function useLinks(): LinkTo {
  const [search] = useSearchParams();
  return useMemo(() => {
    const kept = keptFrom(search);
    return (page, params) => pageLink(page, { ...kept, ...params } as never);
  }, [search]);
}
