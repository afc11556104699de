import pLimit from 'p-limit';
import { z } from 'zod';
import { openStatuses } from '../../domain/patch.ts';
import { fromRfc3339, type UnixSeconds } from '../../domain/time.ts';
import { Device, DeviceDetail } from '../../http/schema/device.ts';
import { type Remote, RemoteError } from '../remote.ts';
import type { AuditedDevice, AuditedPatch } from '../../domain/audit.ts';

const pageSize = 1000;
const concurrency = 4;
/** A busy exporter asks for patience; after that many waits of a second it is a failure. */
const maxWaits = 120;

type Sleep = (ms: number) => Promise<void>;
const Page = z.object({ items: z.array(Device), nextCursor: z.string().nullable() });
type Listed = z.output<typeof Device>;

/** Every device of the caller's organizations; single updates are read only of those that have open ones. */
export async function readFleet(
  remote: Remote,
  organization: string | undefined,
  sleep: Sleep,
): Promise<readonly AuditedDevice[]> {
  const limit = pLimit(concurrency);
  const listed = await readList(remote, organization, sleep);
  return await Promise.all(
    listed.map((device) => {
      const open = Object.entries(device.patchCounts ?? {}).some(
        ([status, count]) => openStatuses.has(status as never) && count > 0,
      );
      if (device.patchCounts === null) return toAudited(device, undefined);
      if (!open) return toAudited(device, []);
      return limit(async () => toAudited(device, await readOpen(remote, device.id, sleep)));
    }),
  );
}

async function readList(remote: Remote, organization: string | undefined, sleep: Sleep): Promise<readonly Listed[]> {
  const devices: Listed[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (organization !== undefined) query.set('organization', organization);
    if (cursor !== null) query.set('cursor', cursor);
    const page: z.output<typeof Page> = await ask(remote, `/devices?${query.toString()}`, Page, sleep);
    devices.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return devices;
}

/** Undefined: it is gone since, or says nothing about updates any more. */
async function readOpen(remote: Remote, id: string, sleep: Sleep): Promise<readonly AuditedPatch[] | undefined> {
  const detail = await ask(remote, `/devices/${encodeURIComponent(id)}`, DeviceDetail, sleep).catch(
    (error: unknown) => {
      if (error instanceof RemoteError && error.status === 404) return undefined;
      throw error;
    },
  );
  return detail?.patches
    ?.filter(({ status }) => openStatuses.has(status))
    .map((patch) => ({ ...patch, firstSeenAt: toTime(patch.firstSeenAt) }));
}

async function ask<T>(remote: Remote, path: string, schema: z.ZodType<T>, sleep: Sleep): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      const parsed = schema.safeParse(await remote.call('GET', path));
      if (!parsed.success) throw new RemoteError('the answer is not what this version of patchhaven expects');
      return parsed.data;
    } catch (error) {
      if (!(error instanceof RemoteError) || error.status !== 429 || waits >= maxWaits) throw error;
      await sleep(1000);
    }
  }
}

function toAudited(device: Listed, open: readonly AuditedPatch[] | undefined): AuditedDevice {
  const { id, organization, site, groups, name, rebootPending, rebootPendingSince, compliance, stale } = device;
  return {
    id,
    organization,
    site: site ?? undefined,
    groups,
    name,
    open,
    rebootPending: rebootPending ?? undefined,
    rebootPendingSince: toTime(rebootPendingSince),
    doubts: [
      ...(compliance.verdict === 'unknown' ? compliance.reasons : []),
      ...(stale ? ['its source is too old to be believed'] : []),
    ],
  };
}

function toTime(text: string | null): UnixSeconds | undefined {
  return text === null ? undefined : fromRfc3339(text);
}
