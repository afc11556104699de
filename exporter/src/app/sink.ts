import { observedHash } from '../collection/content-hash.ts';
import type { CollectionSink, KnownDevice } from '../collection/sink.ts';
import { deviceKey, type DeviceState } from '../domain/device.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SourceBoard } from '../fleet/source-board.ts';
import { groupsOf, type GroupRule } from '../identity/groups.ts';
import type { CollectionRun, PatchStore } from '../store/patch-store.ts';

export interface SinkDeps {
  readonly fleet: Fleet;
  readonly log: EventLog;
  readonly store: PatchStore;
  readonly sources: SourceBoard;
  readonly groups: () => readonly GroupRule[];
  readonly flushOrganizations: () => Promise<void>;
  readonly onRun: (run: CollectionRun) => void;
}

/** Puts what collectors read into the log and the fleet. */
export function createSink(deps: SinkDeps): CollectionSink {
  const { fleet, log, store, sources } = deps;
  return {
    *knownDevices(source) {
      for (const state of fleet.statesOf(source)) yield known(state);
    },
    findDevice(source, vendorId) {
      const state = fleet.state(deviceKey(source, vendorId));
      return state === undefined || state.removed ? undefined : known(state);
    },
    async appendEvents(events, cursor) {
      await deps.flushOrganizations();
      return log.append(
        events.map((event) => withGroups(event, deps.groups())),
        cursor,
      );
    },
    readCursor: (source) => store.readCursor(source),
    async recordRun(run) {
      sources.recordRun(run);
      deps.onRun(run);
      await store.recordRun(run);
    },
    snapshotRead({ source, lastSeen }) {
      fleet.noteLastSeen(source, lastSeen);
    },
  };
}

function known(state: DeviceState): KnownDevice {
  const contentHash = observedHash(state.observedRef ?? '');
  return {
    vendorId: state.facts.vendorId,
    organization: state.facts.organization,
    observedAt: state.observedAt,
    ...(contentHash === undefined ? {} : { contentHash }),
  };
}

/** Configured groups are part of what is stored, so that the log alone says which wave a device was in. */
function withGroups(event: DomainEvent, rules: readonly GroupRule[]): DomainEvent {
  if (event.type !== 'device.observed' || rules.length === 0) return event;
  return { ...event, data: { ...event.data, groups: groupsOf(event.source, event.data, rules) } };
}
