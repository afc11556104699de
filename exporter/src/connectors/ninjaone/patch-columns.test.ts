import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchKinds, patchSeverities, patchStatuses, type DevicePatch } from '../../domain/patch.ts';
import { PatchColumns } from './patch-columns.ts';

const aPatch = fc.record(
  {
    id: fc.oneof(fc.constantFrom('KB5041160', 'KB5041161'), fc.uuid(), fc.string({ minLength: 1 })),
    title: fc.oneof(fc.constantFrom('Cumulative Update', 'KB5041160'), fc.string({ minLength: 1 })),
    severity: fc.constantFrom(...patchSeverities),
    kind: fc.constantFrom(...patchKinds),
    status: fc.constantFrom(...patchStatuses),
    installedAt: fc.integer({ min: 946_684_800, max: 4_102_444_799 }),
  },
  { requiredKeys: ['id', 'title', 'severity', 'kind', 'status'] },
);

describe('patch columns', () => {
  it('give every device its rows as they were, in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), aPatch), { maxLength: 200 }), (rows) => {
        const columns = new PatchColumns();
        for (const [device, patch] of rows) columns.add(device, patch);
        for (const device of [1, 2, 3, 4, 5, 6])
          expect(columns.of(device)).toEqual(rows.filter(([of]) => of === device).map(([, patch]) => patch));
      }),
    );
  });

  it('hold a large report', () => {
    const columns = new PatchColumns();
    const row = (n: number): DevicePatch => ({
      id: `row-${String(n)}`,
      title: 'Cumulative Update',
      severity: 'critical',
      kind: 'security',
      status: n % 2 === 0 ? 'installed' : 'failed',
      ...(n % 3 === 0 ? {} : { installedAt: 1_786_000_000 + n + 0.25 }),
    });
    for (let n = 0; n < 20_000; n += 1) columns.add(n % 4, row(n));
    expect(columns.of(3)).toEqual(Array.from({ length: 5000 }, (_, i) => row(4 * i + 3)));
  });
});
