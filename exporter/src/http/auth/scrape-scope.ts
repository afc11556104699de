import type { IncomingMessage } from 'node:http';
import type { OrganizationScope } from '../../store/patch-store.ts';

const scopes = new WeakMap<IncomingMessage, OrganizationScope>();

export function allowScrape(req: IncomingMessage, scope: OrganizationScope): void {
  scopes.set(req, scope);
}

/** Organizations a scrape may show; undefined = all. A request nobody allowed sees none. */
export function scrapeScope(req: IncomingMessage): ReadonlySet<string> | undefined {
  const scope = scopes.get(req) ?? [];
  return scope === 'all' ? undefined : new Set(scope);
}
