import type { DeviceFacts } from '../domain/device.ts';
import type { SourceEvent } from '../domain/snapshot.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { Counter } from '../connectors/tally.ts';

/**
 * Takes times that lie past `latest` out of the facts and counts them: a boot or install that has not happened yet is
 * nobody's knowledge. Ends of maintenance may lie ahead.
 */
export function withoutFutureTimes(facts: DeviceFacts, latest: UnixSeconds, dropped: Counter): DeviceFacts {
  const isFuture = (at: UnixSeconds | undefined): boolean => at !== undefined && at > latest;
  const patches = facts.patches;
  const badPatches = patches?.filter(({ installedAt, firstSeenAt }) => isFuture(installedAt) || isFuture(firstSeenAt));
  const badSeen = isFuture(facts.lastSeenAt);
  const badBoot = isFuture(facts.lastBootAt);
  if (!badSeen && !badBoot && (badPatches === undefined || badPatches.length === 0)) return facts;

  if (badSeen) dropped.add('future.last_seen');
  if (badBoot) dropped.add('future.last_boot');
  if (badPatches !== undefined && badPatches.length > 0) dropped.add('future.patch', badPatches.length);
  const { lastSeenAt, lastBootAt, patches: _patches, ...rest } = facts;
  return {
    ...rest,
    ...(lastSeenAt === undefined || badSeen ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined || badBoot ? {} : { lastBootAt }),
    ...(patches === undefined
      ? {}
      : {
          patches: patches.map(({ installedAt, firstSeenAt, ...patch }) => ({
            ...patch,
            ...(installedAt === undefined || isFuture(installedAt) ? {} : { installedAt }),
            ...(firstSeenAt === undefined || isFuture(firstSeenAt) ? {} : { firstSeenAt }),
          })),
        }),
  };
}

/** An event is refused whole when it, or the boot it reports, lies past `latest`. */
export function isFutureEvent(event: SourceEvent, latest: UnixSeconds): boolean {
  if (event.occurredAt > latest) return true;
  return event.type === 'reboot.completed' && event.data.bootAt !== undefined && event.data.bootAt > latest;
}
