import path from 'node:path';

/** An entry of `routes` in plugin.json. */
export interface ProxyRoute {
  readonly path: string;
  readonly method?: string;
  readonly reqRole?: string;
  readonly reqAction?: string;
  readonly url?: string;
  readonly urlParams?: readonly { readonly name: string; readonly content: string }[];
  readonly headers?: readonly { readonly name: string; readonly content: string }[];
}

export const orgRoles = ['None', 'Viewer', 'Editor', 'Admin'] as const;
export type OrgRole = (typeof orgRoles)[number];

export type RouteMatch =
  | { readonly verdict: 'matched'; readonly route: ProxyRoute }
  /** The matched route asks for a role the user does not have. */
  | { readonly verdict: 'denied' }
  /** No route: Grafana proxies all the same, to the data source's URL and without any route header. */
  | { readonly verdict: 'unmatched' };

/** `CleanRelativePath` of Grafana: `.`, `..` and double slashes are resolved, nothing leads above the root. */
function cleanPath(raw: string): string {
  return path.posix.normalize(`/${raw}`).replace(/^\//, '').replace(/\/$/, '');
}

function hasRole(role: OrgRole, needed: string | undefined): boolean {
  const rank = orgRoles.findIndex((name) => name === needed);
  return rank === -1 || orgRoles.indexOf(role) >= rank;
}

/**
 * The first route whose method is equal and whose path is a prefix, as a string: `api` also matches `api-v2`.
 * Source: grafana 12.4 pkg/api/pluginproxy/ds_proxy.go `validateRequest`. Our plugin uses no `reqAction`.
 */
export function matchRoute(
  routes: readonly ProxyRoute[],
  method: string,
  proxyPath: string,
  role: OrgRole,
): RouteMatch {
  const wanted = cleanPath(proxyPath);
  for (const route of routes) {
    const anyMethod = route.method === undefined || route.method === '' || route.method === '*';
    if (!anyMethod && route.method !== method) continue;
    if (!wanted.startsWith(cleanPath(route.path))) continue;
    if (route.reqAction !== undefined) throw new Error(`reqAction of ${route.path} is not covered by this proxy`);
    return hasRole(role, route.reqRole) ? { verdict: 'matched', route } : { verdict: 'denied' };
  }
  return { verdict: 'unmatched' };
}

export interface TemplateData {
  readonly url: string;
  readonly jsonData: Readonly<Record<string, unknown>>;
  readonly secureJsonData: Readonly<Record<string, string>>;
}

/** `{{ .URL }}`, `{{ .JsonData.x }}` and `{{ .SecureJsonData.x }}`, the part of Go's templates that routes use. */
export function interpolate(template: string, { url, jsonData, secureJsonData }: TemplateData): string {
  return template.replace(/\{\{\s*\.([A-Za-z.]+)\s*\}\}/g, (_whole, field: string) => {
    const [root, name = ''] = field.split('.');
    if (root === 'URL') return url;
    if (root === 'JsonData') return String(jsonData[name] ?? '<no value>');
    if (root === 'SecureJsonData') return secureJsonData[name] ?? '';
    throw new Error(`unknown field .${field} in a route of plugin.json`);
  });
}

/** `JoinURLFragments` of Grafana. */
export function joinPath(base: string, rest: string): string {
  if (rest === '') return base;
  if (base.endsWith('/') && rest.startsWith('/')) return base + rest.slice(1);
  return base.endsWith('/') || rest.startsWith('/') ? base + rest : `${base}/${rest}`;
}
