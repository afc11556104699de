import { useUrlParam } from './useUrlParam';

/** The organization the pages are narrowed to, kept in the URL; `undefined` = all that the user may see. */
export function useOrganization(): [string | undefined, (organization: string | undefined) => void] {
  return useUrlParam('organization');
}
