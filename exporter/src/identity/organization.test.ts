import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrganizationDirectory, slugOf, type AssignedOrganization } from './organization.ts';

describe('slugOf', () => {
  it.each([
    ['Larkspur Dental Group', 'larkspur-dental-group'],
    ['  Müller & Söhne GmbH. ', 'muller-sohne-gmbh'],
    ['東京 支店', '東京-支店'],
    ['***', 'organization'],
  ])('turns %j into %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });
});

describe('createOrganizationDirectory', () => {
  it('gives the second organization of the same name its vendor id', () => {
    const keyOf = createOrganizationDirectory().forSource('ninja');
    expect([keyOf('14', 'Acme'), keyOf('20', 'ACME!'), keyOf('14', 'Acme')]).toEqual(['acme', 'acme-20', 'acme']);
  });

  it('does not hand out a suffixed key that is somebody’s name', () => {
    const keyOf = createOrganizationDirectory().forSource('ninja');
    expect([keyOf('1', 'Acme 20'), keyOf('14', 'Acme'), keyOf('20', 'Acme')]).toEqual([
      'acme-20',
      'acme',
      'acme-ninja-20',
    ]);
  });

  it('keeps equal names of two sources apart unless the configuration joins them', () => {
    const apart = createOrganizationDirectory();
    expect([apart.forSource('a')('1', 'Acme'), apart.forSource('b')('1', 'Acme')]).toEqual(['acme', 'acme-1']);
    const joined = createOrganizationDirectory({ configured: { a: { '1': 'acme' }, b: { '7': 'acme' } } });
    expect([joined.forSource('a')('1', 'x'), joined.forSource('b')('7', 'y')]).toEqual(['acme', 'acme']);
  });

  it('never gives a configured key to a stranger', () => {
    const keyOf = createOrganizationDirectory({ configured: { ninja: { '14': 'acme' } } }).forSource('ninja');
    expect(keyOf('20', 'Acme')).toBe('acme-20');
  });

  it('keeps keys over renames and restarts', () => {
    const assigned: AssignedOrganization[] = [];
    const before = createOrganizationDirectory({ onAssigned: (entry) => assigned.push(entry) }).forSource('ninja');
    before('14', 'Acme');
    before('20', 'Beta');
    const after = createOrganizationDirectory({ assigned }).forSource('ninja');
    expect([after('20', 'Acme'), after('14', 'Acme Old'), after('30', 'Acme')]).toEqual(['beta', 'acme', 'acme-30']);
  });

  it('never gives two organizations one key', () => {
    const organization = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 30 }), fc.string());
    fc.assert(
      fc.property(fc.array(organization, { maxLength: 60 }), (organizations) => {
        const directory = createOrganizationDirectory();
        const owners = new Map<string, string>();
        for (const [source, id, name] of organizations) {
          const key = directory.forSource(source)(String(id), name);
          const owner = `${source}/${String(id)}`;
          expect(owners.get(key) ?? owner).toBe(owner);
          owners.set(key, owner);
        }
      }),
    );
  });
});
