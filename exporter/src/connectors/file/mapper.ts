import type { DeviceFacts } from '../../domain/device.ts';
import {
  normalizeKb,
  patchKinds,
  patchSeverities,
  patchStatuses,
  type DevicePatch,
  type PatchKind,
  type PatchSeverity,
  type PatchStatus,
} from '../../domain/patch.ts';
import type { Counter, ReadCounters } from '../tally.ts';
import { FilePatch, type FileDevice } from './api-schema.ts';

/** One device of a file → facts. A malformed update is dropped and counted; the list is then no longer the whole. */
export function mapDevice(device: FileDevice, counters: ReadCounters): DeviceFacts {
  const { id, parentId, displayName, patches, os, ...same } = device;
  const { site, instance, lastSeenAt, lastBootAt, rebootPending, ...lists } = same;
  return {
    vendorId: id,
    ...lists,
    displayName: displayName ?? device.hostNames[0] ?? id,
    ...(site === undefined ? {} : { site }),
    ...(instance === undefined ? {} : { instance }),
    ...(parentId === undefined ? {} : { parentVendorId: parentId }),
    ...(os === undefined
      ? {}
      : { os: { name: os.name, family: os.family, ...(os.build === undefined ? {} : { build: os.build }) } }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(rebootPending === undefined ? {} : { rebootPending }),
    ...(patches === undefined ? {} : { patches: patches.flatMap((patch) => mapPatch(patch, counters)) }),
  };
}

function mapPatch(raw: unknown, { dropped, unknownWords }: ReadCounters): DevicePatch[] {
  const parsed = FilePatch.safeParse(raw);
  if (!parsed.success) {
    dropped.add('patch.malformed');
    return [unreadable];
  }
  const { id, title, severity, kind, status, firstSeenAt, installedAt } = parsed.data;
  return [
    {
      id: normalizeKb(id) ?? id,
      title: title ?? normalizeKb(id) ?? id,
      severity: known<PatchSeverity>(patchSeverities, severity, 'patch.severity', unknownWords) ?? 'unspecified',
      kind: known<PatchKind>(patchKinds, kind, 'patch.kind', unknownWords) ?? 'other',
      status: known<PatchStatus>(patchStatuses, status, 'patch.status', unknownWords) ?? 'unknown',
      ...(firstSeenAt === undefined ? {} : { firstSeenAt }),
      ...(installedAt === undefined ? {} : { installedAt }),
    },
  ];
}

/** Stands for updates the file holds and we cannot read: without it the device might pass for patched. */
const unreadable: DevicePatch = {
  id: 'unreadable',
  title: 'An update this file describes in a way that cannot be read',
  severity: 'unspecified',
  kind: 'other',
  status: 'unknown',
};

function known<T extends string>(
  words: readonly T[],
  word: string | undefined,
  field: string,
  unknownWords: Counter,
): T | undefined {
  if (word === undefined) return undefined;
  const found = words.find((candidate) => candidate === word.trim().toLowerCase());
  if (found === undefined) unknownWords.add(field);
  return found;
}
