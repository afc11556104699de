import { describe, expect, it } from 'vitest';
import { interpolate, joinPath, matchRoute, type OrgRole, type ProxyRoute } from './routes.ts';

const routes: readonly ProxyRoute[] = [
  { method: 'DELETE', path: 'api/v1/windows', reqRole: 'Editor' },
  { method: 'GET', path: 'api/v1' },
  { path: 'any', reqRole: 'Admin' },
];

const verdict = (method: string, path: string, role: OrgRole = 'Viewer') =>
  matchRoute(routes, method, path, role).verdict;

describe('matching of data source routes', () => {
  it.each<[string, string, OrgRole, string]>([
    ['GET', 'api/v1/devices', 'Viewer', 'matched'],
    ['GET', '/api//v1/./devices', 'Viewer', 'matched'],
    ['GET', 'api/v1-other', 'Viewer', 'matched'],
    ['GET', 'api/v2', 'Viewer', 'unmatched'],
    ['get', 'api/v1/devices', 'Viewer', 'unmatched'],
    ['DELETE', 'api/v1/windows/w-1', 'Viewer', 'denied'],
    ['DELETE', 'api/v1/windows/w-1', 'Editor', 'matched'],
    ['DELETE', 'api/v1/windows/w-1', 'Admin', 'matched'],
    ['POST', 'api/v1/windows', 'Admin', 'unmatched'],
    ['POST', 'any/thing', 'Editor', 'denied'],
    ['GET', 'api/v1/../../any', 'Viewer', 'denied'],
  ])('%s %s as %s is %s', (method, path, role, expected) => {
    expect(verdict(method, path, role)).toBe(expected);
  });

  it('takes the first route that fits, whatever follows', () => {
    const both = [{ path: 'a', reqRole: 'Admin' }, { path: 'a/b' }];
    expect(matchRoute(both, 'GET', 'a/b', 'Viewer').verdict).toBe('denied');
  });
});

describe('templates of routes', () => {
  const data = { url: 'http://x', jsonData: { region: 'eu' }, secureJsonData: { token: 's' } };

  it('fills in the URL, settings and secrets', () => {
    expect(interpolate('{{ .URL }}/{{.JsonData.region}} {{ .SecureJsonData.token }}', data)).toBe('http://x/eu s');
  });

  it('leaves an absent secret empty', () => {
    expect(interpolate('Bearer {{ .SecureJsonData.other }}', data)).toBe('Bearer ');
  });
});

it.each([
  ['/base', 'x', '/base/x'],
  ['/base/', '/x', '/base/x'],
  ['/base/', 'x', '/base/x'],
  ['/base', '', '/base'],
])('joins %s and %s', (base, rest, expected) => {
  expect(joinPath(base, rest)).toBe(expected);
});
