import type { DeviceKey } from '../../domain/device.ts';
import type { Clock, UnixSeconds } from '../../domain/time.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';
import type { FleetChange } from '../../fleet/fleet.ts';
import type { FamilyLimits, FleetFamily } from '../family.ts';
import { checkOrganizationLabel, escapeLabelValue } from '../labels.ts';
import { FleetPages } from './fleet-pages.ts';
import { Publisher } from './publisher.ts';
import type { ScrapeBody } from './scrape-body.ts';
import { createSlicer, type Slicer } from '../../fleet/slicer.ts';
import { selectBody, type Selection, type Snapshot } from './snapshot.ts';

export interface ExpositionOptions {
  readonly families: readonly FleetFamily[];
  /** Name of the label that holds the organization; null leaves it off, for a single company. */
  readonly organizationLabel: string | null;
  readonly clock: Clock;
  readonly limits?: FamilyLimits;
  /** Longest stretch of publishing without a turn for the event loop. Default 4. */
  readonly sliceMs?: number;
}

export interface PublishReport {
  readonly devicesApplied: number;
  readonly segmentsMade: number;
  /** Devices a family could not read. Their series are gone until a later view succeeds: unknown is not muted. */
  readonly failures: readonly { readonly key: DeviceKey; readonly error: unknown }[];
}

export interface ExpositionStats {
  readonly devices: number;
  readonly pages: number;
  readonly conflictingDevices: number;
  /** undefined until the first publish. */
  readonly publishedAt: UnixSeconds | undefined;
  /** Changes that the next publish will show. */
  readonly waiting: number;
}

/**
 * The fleet's metrics. Changes are collected by `upsert` and `remove`, become visible together by `publish`, and are
 * read by `scrape` from immutable pages, so that a scrape costs no rendering however large the fleet is.
 */
export interface Exposition {
  readonly familyNames: ReadonlySet<string>;
  /** Only notes the view; the work is done in slices by the next publish. The view must not be changed afterwards. */
  upsert(view: DeviceView): void;
  remove(key: DeviceKey): void;
  /**
   * Shows all changes made so far, at once, and then `changes`, which are read one by one as each is rendered: a view that
   * was just made is still in the processor's cache. Calls during a publish share the one that follows it.
   */
  publish(changes?: Iterable<FleetChange>): Promise<PublishReport>;
  /** undefined until the first publish: an empty fleet must not be mistaken for one that is not loaded yet. */
  scrape(selection: Selection): ScrapeBody | undefined;
  stats(): ExpositionStats;
}

const defaultLimits: FamilyLimits = { namedUpdates: 25 };

/** Throws RangeError when the organization label is no label name or already taken. */
export function createExposition(options: ExpositionOptions): Exposition {
  const { families, organizationLabel, clock } = options;
  checkOrganizationLabel(
    organizationLabel,
    families.flatMap((family) => family.labels),
  );
  const pages = new FleetPages(
    families.filter((family) => family.scope === 'device'),
    organizationLabel,
  );
  const publisher = new Publisher(families, pages, options.limits ?? defaultLimits);
  let waiting = new Map<DeviceKey, DeviceView | undefined>();
  let unread: Iterable<FleetChange>[] = [];
  let snapshot: Snapshot | undefined;
  let running: Promise<PublishReport> | undefined;
  let following: Promise<PublishReport> | undefined;

  const applyWaiting = async (slicer: Slicer) => {
    const [changes, further] = [waiting, unread];
    [waiting, unread] = [new Map(), []];
    const now = clock.now();
    for (const [key, view] of pages.dueViews(now)) if (!changes.has(key)) changes.set(key, view);
    const failures: { key: DeviceKey; error: unknown }[] = [];
    let devicesApplied = 0;
    const apply = (key: DeviceKey, view: DeviceView | undefined): Promise<void> | undefined => {
      devicesApplied += 1;
      try {
        if (view === undefined) pages.remove(key);
        else pages.set(key, view, now);
      } catch (error) {
        pages.remove(key);
        failures.push({ key, error });
      }
      return slicer.breathe();
    };
    for (const [key, view] of changes) {
      const pause = apply(key, view);
      if (pause !== undefined) await pause;
    }
    for (const part of further) {
      for (const { key, view } of part) {
        const pause = apply(printed(key), exposed(view));
        if (pause !== undefined) await pause;
      }
    }
    return { devicesApplied, failures };
  };

  const publishNow = async (): Promise<PublishReport> => {
    const slicer = createSlicer(options.sliceMs ?? 4);
    const publishedAt = clock.now();
    const applied = await applyWaiting(slicer);
    const segmentsMade = await publisher.refresh(slicer);
    snapshot = publisher.snapshot(publishedAt);
    return { ...applied, segmentsMade };
  };

  const start = () => {
    running = publishNow().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    familyNames: new Set(families.map((family) => family.name)),
    upsert(view) {
      waiting.set(printed(view.state.key), exposed(view));
    },
    remove(key) {
      waiting.set(printed(key), undefined);
    },
    publish(changes) {
      if (changes !== undefined) unread.push(changes);
      if (running === undefined) return start();
      following ??= running
        .catch(() => undefined)
        .then(() => {
          following = undefined;
          return start();
        });
      return following;
    },
    scrape: (selection) => snapshot && selectBody(snapshot, selection),
    stats: () => ({
      devices: pages.size,
      pages: pages.pageCount,
      conflictingDevices: pages.contestedDevices,
      publishedAt: snapshot?.publishedAt,
      waiting: waiting.size,
    }),
  };
}

/** Keys are compared as they are printed: two that print alike would give two equal series. */
const printed = escapeLabelValue;

function exposed(view: DeviceView | undefined): DeviceView | undefined {
  return view?.state.removed === true ? undefined : view;
}
