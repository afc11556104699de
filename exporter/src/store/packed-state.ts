import { type DeviceFacts, type DeviceState, type InstallBatch, type Mark, deviceKey } from '../domain/device.ts';
import type { DevicePatch, PatchRef, PatchStatus } from '../domain/patch.ts';
import type { StateWords } from './state-words.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Row = readonly unknown[];

/** First in a row. A release that meets another number folds the log again. */
const format = 2;
/** Part of what is stored: append only. */
const statusCodes = {
  missing: 0,
  approved: 1,
  installing: 2,
  installed: 3,
  failed: 4,
  rejected: 5,
  unknown: 6,
} as const satisfies Record<PatchStatus, number>;
const statusOf = Object.keys(statusCodes) as readonly PatchStatus[];
/** Times are kept relative to it: JSON.parse has a fast path for numbers of up to nine digits. */
const epoch = 1_700_000_000;
const none: readonly never[] = [];

/**
 * A state as one short row of JSON: what stands where is known, and what devices share is a word. A fifth of the plain
 * text, and read four times as fast. What has no place of its own goes along at the end, so nothing is ever left out.
 */
export function packState(state: DeviceState, words: StateWords): string {
  const { key, source, facts, observedAt, observedRef, removed, rebootPendingSince, planned, ...rest } = state;
  const {
    rememberedPatches,
    lastInstall,
    lastInstallFailure,
    installStarted,
    rebootOrdered,
    rebootStarted,
    ...others
  } = rest;
  const { vendorId, organization, site, groups, tags, displayName, hostNames, ipAddresses, instance, ...more } = facts;
  const { os, lastSeenAt, lastBootAt, rebootPending, patches, ...otherFacts } = more;
  const word = (value: unknown): unknown => (value === undefined ? undefined : words.refer(value));
  const row: unknown[] = [
    format,
    key,
    key === deviceKey(source, vendorId) ? undefined : vendorId,
    ...[word(source), word(organization), word(site), word(groups), tags],
    ...[displayName, hostNames, ipAddresses, instance, word(os)],
    ...[packTime(observedAt), observedRef, removed ? 1 : 0],
    ...[packTime(lastSeenAt), packTime(lastBootAt), rebootPending, packTime(rebootPendingSince)],
    packPatches(patches, words),
    packMark(lastInstall, words),
    packPatches(rememberedPatches, words),
    ...[lastInstallFailure, installStarted, rebootOrdered, rebootStarted].map((mark) => packMark(mark, words)),
    planned.length === 0 ? undefined : planned,
    unlessEmpty(otherFacts),
    unlessEmpty(others),
  ];
  while (row.at(-1) === undefined) row.pop();
  return JSON.stringify(row);
}

/** Throws RangeError when the row is of another format, or names a word that is not known. */
export function unpackState(row: Row, words: StateWords): DeviceState {
  if (row[0] !== format) throw new RangeError(`states of format ${String(row[0])} cannot be read`);
  const key = row[1] as string;
  const source = words.resolve(row[3]) as string;
  const state: Writable<DeviceState> = {
    key,
    source,
    facts: unpackFacts(row, words, (row[2] as string | null) ?? key.slice(source.length + 1)),
    observedAt: unpackTime(row[13]),
    removed: row[15] === 1,
    planned: (row[27] as DeviceState['planned'] | null | undefined) ?? none,
  };
  if (isThere(row[14])) state.observedRef = row[14] as string;
  if (isThere(row[19])) state.rebootPendingSince = unpackTime(row[19]);
  if (isThere(row[21])) state.lastInstall = unpackBatch(row[21] as Row, words);
  if (row.length <= 22) return state;
  if (isThere(row[22])) state.rememberedPatches = unpackPatches(row[22] as Row, words);
  if (isThere(row[23])) state.lastInstallFailure = unpackMark(row[23] as Row, words);
  if (isThere(row[24])) state.installStarted = unpackMark(row[24] as Row, words);
  if (isThere(row[25])) state.rebootOrdered = unpackMark(row[25] as Row, words);
  if (isThere(row[26])) state.rebootStarted = unpackMark(row[26] as Row, words);
  if (isThere(row[28])) Object.assign(state.facts, row[28]);
  return isThere(row[29]) ? Object.assign(state, row[29]) : state;
}

function unpackFacts(row: Row, words: StateWords, vendorId: string): DeviceFacts {
  const facts: Writable<DeviceFacts> = {
    vendorId,
    organization: words.resolve(row[4]) as string,
    groups: words.resolve(row[6]) as readonly string[],
    tags: shared(row[7] as readonly string[]),
    displayName: row[8] as string,
    hostNames: row[9] as readonly string[],
    ipAddresses: shared(row[10] as readonly string[]),
  };
  if (isThere(row[5])) facts.site = words.resolve(row[5]) as string;
  if (isThere(row[11])) facts.instance = row[11] as string;
  if (isThere(row[12])) facts.os = words.resolve(row[12]) as NonNullable<DeviceFacts['os']>;
  if (isThere(row[16])) facts.lastSeenAt = unpackTime(row[16]);
  if (isThere(row[17])) facts.lastBootAt = unpackTime(row[17]);
  if (isThere(row[18])) facts.rebootPending = row[18] as boolean;
  if (isThere(row[20])) facts.patches = unpackPatches(row[20] as Row, words);
  return facts;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function shared(list: readonly string[]): readonly string[] {
  return list.length === 0 ? none : list;
}

function unlessEmpty(others: object): object | undefined {
  return Object.keys(others).length === 0 ? undefined : others;
}

/** A text where the difference would not be exact. */
function packTime(at: number | undefined): number | string | undefined {
  if (at === undefined) return undefined;
  const relative = at - epoch;
  return relative + epoch === at ? relative : String(at);
}

function unpackTime(packed: unknown): number {
  return typeof packed === 'number' ? packed + epoch : Number(packed);
}

/** Update, status and which times follow, times; update, status … in one flat list. */
function packPatches(patches: readonly DevicePatch[] | undefined, words: StateWords): unknown[] | undefined {
  return patches?.flatMap(({ status, firstSeenAt, installedAt, id, title, severity, kind }) => {
    const code = statusCodes[status] * 4 + (firstSeenAt === undefined ? 0 : 1) + (installedAt === undefined ? 0 : 2);
    const times = [packTime(firstSeenAt), packTime(installedAt)].filter((at) => at !== undefined);
    return [words.refer({ id, title, severity, kind }), code, ...times];
  });
}

function unpackPatches(list: Row, words: StateWords): readonly DevicePatch[] {
  const patches: DevicePatch[] = [];
  for (let i = 0; i < list.length;) {
    const update = words.resolve(list[i]) as Omit<DevicePatch, 'status' | 'firstSeenAt' | 'installedAt'>;
    const code = list[i + 1] as number;
    i += 2;
    const status = statusOf[code >> 2] ?? 'unknown';
    // Spelled out: an object that grows property by property takes more memory.
    const { id, title, severity, kind } = update;
    if ((code & 3) === 0) patches.push({ id, title, severity, kind, status });
    else if ((code & 3) === 1) {
      patches.push({ id, title, severity, kind, status, firstSeenAt: unpackTime(list[i]) });
      i += 1;
    } else if ((code & 3) === 2) {
      patches.push({ id, title, severity, kind, status, installedAt: unpackTime(list[i]) });
      i += 1;
    } else {
      const [firstSeenAt, installedAt] = [unpackTime(list[i]), unpackTime(list[i + 1])];
      patches.push({ id, title, severity, kind, status, firstSeenAt, installedAt });
      i += 2;
    }
  }
  return patches;
}

/** Source, time, name of the event, updates. A batch has no event. */
function packMark(mark: Mark | InstallBatch | undefined, words: StateWords): unknown[] | undefined {
  if (mark === undefined) return undefined;
  const ref = 'ref' in mark ? mark.ref : undefined;
  // Nothing but what names an update: more would make a word for each device.
  return [
    words.refer(mark.source),
    packTime(mark.at),
    ref,
    ...mark.patches.map(({ id, title }) => words.refer({ id, title })),
  ];
}

function unpackBatch(list: Row, words: StateWords): InstallBatch {
  return { source: words.resolve(list[0]) as string, at: unpackTime(list[1]), patches: unpackRefs(list, words) };
}

function unpackMark(list: Row, words: StateWords): Mark {
  const ref = list[2] as string;
  return { source: words.resolve(list[0]) as string, at: unpackTime(list[1]), ref, patches: unpackRefs(list, words) };
}

function unpackRefs(list: Row, words: StateWords): readonly PatchRef[] {
  const patches: PatchRef[] = [];
  for (let i = 3; i < list.length; i += 1) patches.push(words.resolve(list[i]) as PatchRef);
  return patches;
}
