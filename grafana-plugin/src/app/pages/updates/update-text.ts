import type { Update } from '../../../shared/api/types';

type Counts = Update['devices'];

/** Not installed yet, though somebody may have approved it. */
export function missingCount({ missing = 0, approved = 0, installing = 0 }: Counts): number {
  return missing + approved + installing;
}

/** The statuses behind `missingCount`, as the exporter filters by them. */
export const missingStatuses = 'missing,approved,installing';

/** Page of the vendor about a KB number; undefined for updates that have none. */
export function articleUrl(id: string): string | undefined {
  const digits = /^KB(\d{5,8})$/.exec(id)?.[1];
  return digits === undefined ? undefined : `https://support.microsoft.com/help/${digits}`;
}
