import { fillPath, queryString } from './client';

describe('fillPath', () => {
  it('encodes values, so that an id may hold slashes and colons', () => {
    expect(fillPath('/devices/{id}/explain', { id: 'ninja:4/7' })).toBe('/devices/ninja%3A4%2F7/explain');
  });
});

describe('queryString', () => {
  it('drops what is not set and keeps false', () => {
    expect(queryString({ limit: 5, organization: '', site: undefined, open: false })).toBe('limit=5&open=false');
  });
});
