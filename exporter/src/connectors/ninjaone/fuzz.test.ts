import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceKey } from '../../domain/device.ts';
import { ConnectorError } from '../../domain/errors.ts';
import { patchStatuses } from '../../domain/patch.ts';
import { createReadCounters } from '../tally.ts';
import { mapActivity } from './activities.ts';
import { Activity, Device, HealthRow, OsBlock, OsPatch, TokenReply } from './api-schema.ts';
import { ninjaOneConnector } from './index.ts';
import { mapDevice } from './mapper.ts';
import { mapPatch, mergePatches } from './patches.ts';

/** Any JSON under the vendor's field names: mostly wrong, sometimes right. */
function shaped(keys: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      null,
      true,
      0,
      1,
      -1,
      1e12,
      1786442060,
      'MANUAL',
      'INSTALLED',
      'APPROVED',
      'KB5041160',
      '__proto__',
    ),
    fc.integer({ min: 1, max: 1e6 }),
  );
  return fc.dictionary(fc.constantFrom(...keys), value);
}

const directory = { organizationKeys: new Map(), siteNames: new Map(), groupsOf: () => [] };
const rebootActions = new Set(['reboot']);

describe('whatever a vendor sends', () => {
  it('gives patches of known statuses or nothing', () => {
    fc.assert(
      fc.property(fc.array(shaped(Object.keys(OsPatch.shape))), (rows) => {
        const parsed = rows.flatMap((row) => OsPatch.safeParse(row).data ?? []);
        const patches = parsed.map((row) => mapPatch(row, createReadCounters()));
        const merged = mergePatches({ current: patches.slice(0, 3), attempts: patches.slice(3) });
        expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
        for (const { id, title, status, installedAt } of merged) {
          expect([id, title]).not.toContain('');
          expect(patchStatuses).toContain(status);
          expect(installedAt ?? 1).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('gives devices without surprises or nothing', () => {
    const health = shaped(Object.keys(HealthRow.shape));
    fc.assert(
      fc.property(
        shaped(Object.keys(Device.shape)),
        shaped(Object.keys(OsBlock.shape)),
        health,
        (raw, rawOs, rawHealth) => {
          const device = Device.safeParse({ id: 1, organizationId: 2, ...raw }).data;
          if (device === undefined) return;
          const healthRow = HealthRow.safeParse(rawHealth).data;
          const reports = {
            os: OsBlock.parse(rawOs),
            ...(healthRow === undefined ? {} : { health: healthRow }),
            patches: { current: [], attempts: [] },
          };
          const facts = mapDevice(device, reports, directory, 'acme', createReadCounters());
          expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
          expect(deviceKey('s', facts.vendorId)).toBe(`s:${String(device.id)}`);
          expect(facts.displayName).not.toBe('');
          for (const at of [facts.lastSeenAt, facts.lastBootAt]) expect(at ?? 1).toBeGreaterThan(0);
          expect(facts.patches).toBeUndefined();
        },
      ),
    );
  });

  it('gives events with a device and a time or nothing', () => {
    const types = fc.constantFrom('PATCH_MANAGEMENT', 'ACTION', 'MONITOR', 'x', undefined);
    fc.assert(
      fc.property(shaped(Object.keys(Activity.shape)), types, (raw, activityType) => {
        const parsed = Activity.safeParse({
          id: 1,
          ...(activityType === undefined ? {} : { activityType }),
          ...raw,
        }).data;
        const event = parsed && mapActivity(parsed, rebootActions, createReadCounters());
        if (event === undefined) return;
        expect(event.vendorDeviceId).toMatch(/^-?\d+$/);
        expect(event.occurredAt).toBeGreaterThan(0);
        expect(event.dedupKey).toMatch(/^activity:-?\d+$/);
      }),
    );
  });

  it('as a webhook ends in events or in "malformed"', () => {
    const connector = ninjaOneConnector.create(
      { baseUrl: 'https://rmm.example', clientId: 'c', clientSecret: 's' },
      {
        id: 'ninja',
        organizationKey: (id) => id,
        fetch: () => Promise.reject(new Error('no network here')),
        clock: { now: () => 0 },
        sleep: () => Promise.resolve(),
        random: () => 0,
      },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped([...Object.keys(Activity.shape), 'device'])), (body) => {
        try {
          expect(connector.parseWebhook?.(body, 0)?.length).toBeLessThanOrEqual(1);
        } catch (error) {
          expect(error instanceof ConnectorError && error.kind).toBe('malformed');
        }
      }),
    );
  });

  it('as a token reply is a token or refused', () => {
    fc.assert(
      fc.property(shaped(Object.keys(TokenReply.shape)), (body) => {
        const { data } = TokenReply.safeParse(body);
        if (data !== undefined) expect(data.access_token.length).toBeGreaterThan(0);
      }),
    );
  });
});
