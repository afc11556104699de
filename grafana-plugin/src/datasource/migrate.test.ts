import { migrateQuery } from './migrate';
import { defaultQuery } from './query';

describe('migrateQuery', () => {
  it.each([undefined, null, {}, 'events', []])('makes a whole query of %p', (saved) => {
    expect(migrateQuery(saved)).toEqual({ ...defaultQuery, refId: 'A' });
  });

  it('leaves a whole query as it is', () => {
    const query = { ...defaultQuery, refId: 'B', device: ['ninja:1'], limit: 10, refreshSeconds: 30 };
    expect(migrateQuery(query)).toEqual(query);
  });

  it.each([
    ['a single text', { organization: 'acme' }, { organization: ['acme'] }],
    ['comma-separated text', { organization: 'acme, globex' }, { organization: ['acme', 'globex'] }],
    ['a variable with a format', { device: '${device:csv}' }, { device: ['${device:csv}'] }],
    ['empty entries', { site: ['', ' ', 'Berlin', 4, null] }, { site: ['Berlin'] }],
    ['numbers as text', { limit: '200', aheadHours: '2' }, { limit: 200, aheadHours: 2 }],
    ['numbers that are none', { limit: 'many', aheadHours: Number.NaN }, { limit: 5000, aheadHours: 24 }],
    ['a limit past the cap', { limit: 1e9 }, { limit: 50_000 }],
    ['a refresh that would be rude', { refreshSeconds: 1 }, { refreshSeconds: 5 }],
    ['type instead of queryType, as files by hand have it', { type: 'events' }, { queryType: 'events' }],
    [
      'words that are not known',
      { by: 'planet', eventTypes: ['patch.installed', 'x'] },
      { by: 'organization', eventTypes: ['patch.installed'] },
    ],
  ])('reads %s', (_, saved, expected) => {
    expect(migrateQuery(saved)).toMatchObject(expected);
  });

  it('does not guess at a query type of a newer version', () => {
    expect(() => migrateQuery({ queryType: 'forecast' })).toThrow(/newer version/);
  });

  it('keeps what Grafana itself stores in a query', () => {
    const own = { refId: 'C', hide: true, key: 'k', datasource: { uid: 'x', type: 'y' } };
    expect(migrateQuery(own)).toMatchObject(own);
  });
});
