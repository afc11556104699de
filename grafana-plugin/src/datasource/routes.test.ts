import path from 'node:path/posix';
import plugin from './plugin.json';

type Route = (typeof plugin.routes)[number];

/** As Grafana's proxy chooses: the first whose method is equal and whose path is a prefix (ds_proxy.go, validateRequest). */
function matched(method: string, proxyPath: string): Route | undefined {
  const clean = (text: string) => path.join('/', text).slice(1);
  return plugin.routes.find((route) => route.method === method && clean(proxyPath).startsWith(clean(route.path)));
}

const roleOf = (method: string, proxyPath: string) => matched(method, proxyPath)?.reqRole;

describe('proxy routes', () => {
  it.each([
    ['POST', 'api/v1/windows', 'Editor'],
    ['DELETE', 'api/v1/windows/w-1', 'Editor'],
    ['PUT', 'api/v1/devices/ninja%3A1/mapping', 'Editor'],
    ['POST', 'api/v1/events', 'Editor'],
    ['POST', 'api/v1/rollouts/r-1/rollback', 'Admin'],
    ['GET', 'api/v1/tokens', 'Admin'],
    ['POST', 'api/v1/tokens', 'Admin'],
    ['DELETE', 'api/v1/tokens/t-1', 'Admin'],
    ['GET', 'api/v1/audit', 'Admin'],
    ['GET', 'api/v1/devices/../audit', 'Admin'],
    ['GET', 'api/v1//audit', 'Admin'],
  ])('%s %s needs the role %s', (method, proxyPath, role) => {
    expect(roleOf(method, proxyPath)).toBe(role);
  });

  it.each(['status', 'devices', 'devices/ninja%3A1/explain', 'events', 'windows', 'ledger', 'updates', 'topology'])(
    'lets every role read %s',
    (name) => {
      const route = matched('GET', `api/v1/${name}`);
      expect(route).toBeDefined();
      expect(route?.reqRole).toBeUndefined();
    },
  );

  it.each([
    ['POST', 'api/v1/audit'],
    ['POST', '-/reload'],
    ['GET', 'config'],
    ['GET', 'metrics'],
    ['PATCH', 'api/v1/windows'],
    ['POST', 'api/v1/%77indows'],
  ])('sends no token with %s %s', (method, proxyPath) => {
    expect(matched(method, proxyPath)).toBeUndefined();
  });

  it('keeps the token in a header of the route, where no browser sees it', () => {
    for (const { headers } of plugin.routes) {
      expect(headers).toEqual([{ name: 'Authorization', content: 'Bearer {{ .SecureJsonData.token }}' }]);
    }
  });

  it('leaves the URL to the one setting of the data source, and names one method per route', () => {
    for (const route of plugin.routes) {
      expect(route).not.toHaveProperty('url');
      expect(route.method).toMatch(/^(GET|POST|PUT|DELETE)$/);
    }
  });

  it('has no privileged route behind a wider one', () => {
    for (const [index, route] of plugin.routes.entries()) {
      const shadow = plugin.routes
        .slice(0, index)
        .find((earlier) => earlier.method === route.method && route.path.startsWith(earlier.path));
      expect(shadow).toBeUndefined();
    }
  });
});
