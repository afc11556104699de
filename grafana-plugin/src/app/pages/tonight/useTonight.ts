import { useCallback } from 'react';
import type { LedgerLine, PatchEvent, PatchWindow, Source } from '../../../shared/api/types';
import type { Pages } from '../../../shared/api/pages';
import { useExporter } from '../../context/AppContext';
import { useOrganization } from '../../hooks/useOrganization';
import { type ResourceHandle, useResource } from '../../hooks/useResource';

/** How far back the page looks: long enough for a night, seen from the morning. */
export const nightMs = 12 * 3_600_000;
const planMs = 7 * 24 * 3_600_000;
const refresh = { refreshMs: 15_000 };
/** Beyond it the page says that there is more. */
const cap = 3_000;

export interface Tonight {
  readonly windows: ResourceHandle<Pages<PatchWindow>>;
  readonly decisions: ResourceHandle<Pages<LedgerLine>>;
  readonly plans: ResourceHandle<Pages<PatchEvent>>;
  readonly sources: ResourceHandle<readonly Source[]>;
  readonly reload: () => void;
}

/** What the page is made of, each part by itself: one that cannot be read leaves the others alone. */
export function useTonight(): Tonight {
  const client = useExporter();
  const [organization] = useOrganization();
  const windows = useResource(
    useCallback(
      (signal: AbortSignal) =>
        client.getPages('/windows', { query: { organization, from: before(nightMs) }, signal }, cap),
      [client, organization],
    ),
    refresh,
  );
  const decisions = useResource(
    useCallback(
      (signal: AbortSignal) => {
        const query = { organization, from: before(nightMs), action: 'refused,opened' };
        return client.getPages('/ledger', { query, signal }, cap);
      },
      [client, organization],
    ),
    refresh,
  );
  const plans = useResource(
    useCallback(
      (signal: AbortSignal) => {
        const query = { organization, from: before(planMs), type: 'maintenance.planned,maintenance.ended' };
        return client.getPages('/events', { query, signal }, cap);
      },
      [client, organization],
    ),
    refresh,
  );
  const sources = useResource(
    useCallback(async (signal: AbortSignal) => (await client.get('/sources', { signal })).items, [client]),
    refresh,
  );
  const reloads = [windows.reload, decisions.reload, plans.reload, sources.reload];
  const [reloadWindows, reloadDecisions, reloadPlans, reloadSources] = reloads;
  const reload = useCallback(() => {
    for (const again of [reloadWindows, reloadDecisions, reloadPlans, reloadSources]) {
      again?.();
    }
  }, [reloadWindows, reloadDecisions, reloadPlans, reloadSources]);
  return { windows, decisions, plans, sources, reload };
}

/** To the minute, so that equal questions have equal addresses and the browser can use its ETag. */
function before(ms: number): string {
  return new Date(Math.floor((Date.now() - ms) / 60_000) * 60_000).toISOString();
}
