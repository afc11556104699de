import { useLocation } from 'react-router';
import { boot } from './boot';

/** The name of the current page in the plugin's `includes`, as Grafana's navigation has it. */
export function usePageTitle(): string {
  const { pathname } = useLocation();
  const pages = Object.values(boot.apps).flatMap(({ includes = [] }) => includes);
  const page = pages.find(({ path }) => path !== undefined && pathname.startsWith(path));
  return page?.name ?? Object.values(boot.apps)[0]?.name ?? '';
}
