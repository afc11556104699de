import { keptFrom, pageLink } from './routes';

describe('pageLink', () => {
  it('leaves out what is not set', () => {
    expect(pageLink('fleet', { organization: undefined, text: '' })).toBe('/a/patchhaven-fleet-app/fleet');
  });

  it('builds the link the alerts build', () => {
    const link = pageLink('device', { organization: 'acme', instance: 'web01:9100', from: 'now-3h', to: 'now' });
    expect(link).toBe('/a/patchhaven-fleet-app/device?organization=acme&instance=web01%3A9100&from=now-3h&to=now');
  });
});

describe('keptFrom', () => {
  it('carries organization and time span on, and nothing else', () => {
    const search = new URLSearchParams('organization=a%20b&from=1&to=now&tab=explain&instance=x');
    expect(keptFrom(search)).toEqual({ organization: 'a b', from: '1', to: 'now' });
    expect(keptFrom(new URLSearchParams('organization='))).toEqual({});
  });
});
