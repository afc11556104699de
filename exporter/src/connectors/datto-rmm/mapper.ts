import type { DeviceFacts, OsFacts } from '../../domain/device.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { namesOf, splitWords, textOf, usableAddresses } from '../text.ts';
import { translate } from '../translate.ts';
import { fromEpoch, fromZoned } from '../vendor-time.ts';
import type { Device } from './api-schema.ts';

/** What a device's patch status says beyond its counts. */
const patchStatusWords: Readonly<Record<string, 'patched' | 'reboot' | 'open'>> = {
  FULLYPATCHED: 'patched',
  REBOOTREQUIRED: 'reboot',
  APPROVEDPENDING: 'open',
  INSTALLERROR: 'open',
  NODATA: 'open',
  NOPOLICY: 'open',
};

export interface DeviceContext {
  readonly organization: string;
  readonly tagsUdf: number | undefined;
  readonly counters: ReadCounters;
}

/** One device → facts. Pure. */
export function mapDevice(device: Device, { organization, tagsUdf, counters }: DeviceContext): DeviceFacts {
  const status = device.patchManagement?.patchStatus;
  const patched = translate(patchStatusWords, status, 'patch.status', counters.unknownWords);
  const hostName = textOf(device.hostname);
  const address = textOf(device.intIpAddress);
  const os = mapOs(device.operatingSystem);
  const lastSeenAt = timeOf(device.lastSeen);
  const lastBootAt = timeOf(device.lastReboot);
  const rebootPending = mapRebootPending(device, patched === 'reboot', counters);
  const tags = tagsUdf === undefined ? undefined : device.udf?.[`udf${String(tagsUdf)}`];
  return {
    vendorId: device.uid,
    organization,
    groups: [],
    tags: typeof tags === 'string' ? splitWords(tags, /,/) : [],
    displayName: hostName ?? `device ${device.uid.slice(0, 8)}`,
    hostNames: namesOf(hostName, textOf(device.domain)),
    ipAddresses: usableAddresses(address === undefined ? [] : [address]),
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(rebootPending === undefined ? {} : { rebootPending }),
    ...(patched === 'patched' && isClean(device) ? { patches: [] } : {}),
  };
}

/**
 * The vendor has counts and no list, and we invent none: updates are unknown, unless the device is online, calls itself
 * fully patched and counts nothing that waits.
 */
function isClean({ online, patchManagement }: Device): boolean {
  const { patchesApprovedPending, patchesNotApproved } = patchManagement ?? {};
  return online === true && patchesApprovedPending === 0 && patchesNotApproved === 0;
}

/** The flag and the status have to agree where both speak of it. */
function mapRebootPending({ rebootRequired }: Device, statusSaysSo: boolean, counters: ReadCounters) {
  if (rebootRequired === false && statusSaysSo) {
    counters.unknownWords.add('device.reboot_contradiction');
    return undefined;
  }
  return rebootRequired ?? undefined;
}

function mapOs(text: string | null | undefined): OsFacts | undefined {
  const name = textOf(text);
  if (name === undefined) return undefined;
  const build = /\b10\.0\.(\d{5}(?:\.\d+)?)\b/.exec(name)?.[1];
  const family = /windows/i.test(name)
    ? 'windows'
    : /mac ?os|os x/i.test(name)
      ? 'macos'
      : /linux|ubuntu|debian|centos|red hat/i.test(name)
        ? 'linux'
        : 'other';
  return { name, family, ...(build === undefined ? {} : { build }) };
}

function timeOf(value: string | number | null | undefined): UnixSeconds | undefined {
  return typeof value === 'string' ? fromZoned(value) : fromEpoch(value);
}
