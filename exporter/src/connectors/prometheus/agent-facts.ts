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
import type { UnixSeconds } from '../../domain/time.ts';
import type { Counter } from '../tally.ts';
import { plausible } from '../vendor-time.ts';
import type { Sample } from './api-schema.ts';
import { isFresh, textfileWrittenAt, type HostContext } from './host-series.ts';

/** When our agent on this host said what it says; undefined where there is none, or where it is too old to be believed. */
export function agentSaidAt(host: HostContext): UnixSeconds | undefined {
  const generatedAt = host.series.time('patchhaven_host_generated_timestamp_seconds');
  if (generatedAt === undefined) return undefined;
  const writtenAt = textfileWrittenAt(host, /patchhaven/i);
  const saidAt = writtenAt === undefined ? undefined : Math.min(generatedAt, writtenAt);
  if (isFresh(saidAt, host)) return saidAt;
  if (saidAt !== undefined) host.counters.dropped.add('textfile.stale');
  return undefined;
}

/** Updates as our agent lists them. What it could not find out, or does not list, stands there as `unknown`. */
export function agentPatches(host: HostContext): readonly DevicePatch[] {
  const { series, counters } = host;
  const open = new Map<string, DevicePatch>();
  for (const sample of series.all('patchhaven_host_update_info')) {
    const patch = toPatch(sample, counters.unknownWords);
    if (patch === undefined) counters.dropped.add('patch.malformed');
    else open.set(patch.id, patch);
  }
  const doubts = [
    checkFailed(host, 'updates') ? doubt('updates-unknown', 'The host could not look for updates') : undefined,
    (series.value('patchhaven_host_updates_unlisted') ?? 0) > 0
      ? doubt('updates-unlisted', 'Further updates, more than the host lists')
      : undefined,
    metadataDoubt(series.time('patchhaven_host_metadata_timestamp_seconds'), host),
  ].filter((patch) => patch !== undefined);
  const installed = series.all('patchhaven_host_installed_timestamp_seconds').flatMap(toInstalled);
  return [...open.values(), ...doubts, ...installed.filter(({ id }) => !open.has(id))];
}

/** True unless the agent says that this check succeeded. */
function checkFailed({ series }: HostContext, check: string): boolean {
  const said = series.all('patchhaven_host_check_success').filter(({ labels }) => labels['check'] === check);
  return said.length === 0 || said.some(({ value }) => value !== 1);
}

/** Old package lists do not know what is missing, and neither do lists of an unknown age. */
export function metadataDoubt(refreshedAt: UnixSeconds | undefined, host: HostContext): DevicePatch | undefined {
  if (refreshedAt !== undefined && host.at - refreshedAt <= host.maxMetadataAgeSeconds) return undefined;
  return doubt('updates-stale', 'The package lists of this host are old, or of an unknown age');
}

/** Stands for what is not known about a host: without it the host might pass for patched. */
export function doubt(id: string, title: string): DevicePatch {
  return { id, title, severity: 'unspecified', kind: 'other', status: 'unknown' };
}

function toPatch({ labels }: Sample, unknownWords: Counter): DevicePatch | undefined {
  const id = labels['update']?.trim() ?? '';
  if (id === '') return undefined;
  const title = labels['title']?.trim() ?? '';
  return {
    id: normalizeKb(id) ?? id,
    title: title === '' ? id : title,
    severity:
      known<PatchSeverity>(patchSeverities, labels['severity'], 'patch.severity', unknownWords) ?? 'unspecified',
    kind: known<PatchKind>(patchKinds, labels['kind'], 'patch.kind', unknownWords) ?? 'other',
    status: known<PatchStatus>(patchStatuses, labels['status'], 'patch.status', unknownWords) ?? 'unknown',
  };
}

function toInstalled({ labels, value }: Sample): DevicePatch[] {
  const id = labels['update']?.trim() ?? '';
  const installedAt = plausible(value);
  if (id === '' || installedAt === undefined) return [];
  const name = normalizeKb(id) ?? id;
  return [{ id: name, title: name, severity: 'unspecified', kind: 'other', status: 'installed', installedAt }];
}

function known<T extends string>(words: readonly T[], word: string | undefined, field: string, unknownWords: Counter) {
  const found = words.find((candidate) => candidate === word);
  if (found === undefined) unknownWords.add(field);
  return found;
}
