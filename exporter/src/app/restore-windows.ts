import { windowKeepSeconds, type Fleet } from '../fleet/fleet.ts';
import type { Clock } from '../domain/time.ts';
import { isOpen, type SilenceWindow } from '../domain/window.ts';
import type { PatchStore, WindowQuery } from '../store/patch-store.ts';

export interface RestoreWindowsDeps {
  readonly clock: Clock;
  readonly store: Pick<PatchStore, 'queryWindows'>;
  readonly fleet: Pick<Fleet, 'restoreWindows'>;
}

const pageSize = 5_000;

/**
 * Gives the fleet the windows of the last day and all that were never closed, however many there are: the daily cap is
 * counted from them. Older ones whose verification failed are taken over where they are the last word about their device,
 * as in a process that goes on running: their pages are still open. Returns those that are planned for later, which the store alone knows until their time comes.
 */
export async function restoreWindows({ clock, store, fleet }: RestoreWindowsDeps): Promise<readonly SilenceWindow[]> {
  const now = clock.now();
  const open = await readAll(store, { open: true });
  const closed = await readAll(store, { open: false, from: now - windowKeepSeconds });
  const failed = await readFailed(store);
  const isPlanned = (window: SilenceWindow): boolean => isOpen(window, now) && window.openedAt > now;
  fleet.restoreWindows([...failed, ...closed, ...open.filter((window) => !isPlanned(window))]);
  return open.filter(isPlanned);
}

async function readFailed(store: Pick<PatchStore, 'queryWindows'>): Promise<readonly SilenceWindow[]> {
  const failed = await readAll(store, { verificationFailed: true });
  const ids = new Set(failed.map(({ id }) => id));
  const lastOfEach = await Promise.all(
    [...new Set(failed.map(({ device }) => device))].map((device) =>
      store.queryWindows({ scope: 'all', device, kind: 'quiet', limit: 1 }),
    ),
  );
  return lastOfEach.flat().filter(({ id }) => ids.has(id));
}

async function readAll(
  store: Pick<PatchStore, 'queryWindows'>,
  what: Pick<WindowQuery, 'open' | 'from' | 'verificationFailed'>,
): Promise<readonly SilenceWindow[]> {
  const windows: SilenceWindow[] = [];
  let before: WindowQuery['before'];
  for (;;) {
    const page = await store.queryWindows({
      scope: 'all',
      limit: pageSize,
      ...what,
      ...(before === undefined ? {} : { before }),
    });
    windows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return windows;
    before = { openedAt: last.openedAt, id: last.id };
  }
}
