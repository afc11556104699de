import { describe, expect, it } from 'vitest';
import type { FilterSubject } from './device-filter.ts';
import { parseDeviceFilter } from './device-filter.ts';

const SUBJECT: FilterSubject = {
  id: 1001,
  organizationId: 3,
  locationId: 31,
  roleId: 5,
  nodeClass: 'WINDOWS_SERVER',
  approvalStatus: 'APPROVED',
  offline: false,
  createdUnixSeconds: Date.parse('2026-03-01T12:00:00Z') / 1000,
  inGroup: (groupId) => groupId === 21,
};

describe('device filter', () => {
  it.each([
    ['org = 3', true],
    ['org=3', true],
    ['org eq 3', true],
    ['org neq 3', false],
    ['org in (3, 9)', true],
    ['org notin (3,9)', false],
    ['class in (WINDOWS_SERVER)', true],
    ['class = LINUX_SERVER', false],
    ['loc = 31 AND role = 5 AND id = 1001 AND status = APPROVED', true],
    ['org = 3 AND offline', false],
    ['online', true],
    ['group 21', true],
    ['group 22', false],
    ['created after 2026-03-01', true],
    ['created before 2026-03-01', false],
  ])('%s -> %s', (df, expected) => {
    const filter = parseDeviceFilter(df);
    expect(filter.ignored).toEqual([]);
    expect(filter.matches(SUBJECT)).toBe(expected);
  });

  it.each(['organisation = 9', 'org > 9', 'org in 9', 'created since 2026-03-01', 'nonsense'])(
    'ignores "%s", which widens the answer, and says so',
    (term) => {
      const filter = parseDeviceFilter(`${term} AND class = WINDOWS_SERVER`);
      expect(filter.ignored).toEqual([term]);
      expect(filter.matches(SUBJECT)).toBe(true);
    },
  );
});
