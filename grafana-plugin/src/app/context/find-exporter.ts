import type { AppSettings } from '../settings';

/** Where the pages read from, or why they cannot. */
export type ExporterChoice =
  | { readonly status: 'found'; readonly uid: string }
  | { readonly status: 'none' | 'unchosen' }
  | { readonly status: 'gone'; readonly uid: string };

/** @param uids of all Patchhaven data sources this user may use. The only one needs no choosing. */
export function findExporter({ datasourceUid }: AppSettings, uids: readonly string[]): ExporterChoice {
  if (datasourceUid !== undefined) {
    return { status: uids.includes(datasourceUid) ? 'found' : 'gone', uid: datasourceUid };
  }
  const [only, ...others] = uids;
  if (only === undefined) {
    return { status: 'none' };
  }
  return others.length === 0 ? { status: 'found', uid: only } : { status: 'unchosen' };
}
