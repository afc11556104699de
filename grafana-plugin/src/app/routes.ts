import { APP_ID, APP_ROOT } from '../constants';

export const pageNames = [
  'tonight',
  'fleet',
  'device',
  'updates',
  'topology',
  'ledger',
  'sources',
  'unmatched',
] as const;
export type PageName = (typeof pageNames)[number];

export const deviceTabs = ['timeline', 'explain', 'checks', 'patches', 'orders', 'ledger'] as const;
export type DeviceTab = (typeof deviceTabs)[number];

/** Where the app is configured: a page of Grafana, outside the app's own routes. */
export const CONFIGURATION = `/plugins/${APP_ID}`;

/** What each page's own parameters are; those of `Kept` go everywhere. */
export interface PageParams {
  readonly tonight: object;
  readonly fleet: {
    site?: string;
    group?: string;
    text?: string;
    compliance?: string;
    failed?: string;
    missingCritical?: string;
    rebootPending?: string;
    stale?: string;
    quietCapped?: string;
    identity?: string;
    source?: string;
    os?: string;
    patch?: string;
    patchStatus?: string;
    sort?: string;
    order?: string;
  };
  /** By id, or by organization and instance, as alerts know it. */
  readonly device: { id?: string; instance?: string; tab?: DeviceTab };
  readonly updates: { text?: string; severity?: string; status?: string; sort?: string; id?: string };
  readonly topology: { site?: string; depth?: string };
  readonly ledger: { device?: string; action?: string; windowId?: string };
  readonly sources: { source?: string; tab?: string };
  readonly unmatched: object;
}

/** Goes from page to page: the organization looked at, and the time span as Grafana writes it (`now-6h`, Unix ms). */
export interface Kept {
  readonly organization?: string;
  readonly from?: string;
  readonly to?: string;
}

const keptNames = ['organization', 'from', 'to'] as const;

/** What a URL carries on to the next page. */
export function keptFrom(search: URLSearchParams): Kept {
  return Object.fromEntries(keptNames.flatMap((name) => [[name, search.get(name)]]).filter(([, value]) => value));
}

/** Path of a page within Grafana, without Grafana's sub path. Parameters that are not set are left out. */
export function pageLink<P extends PageName>(page: P, params: PageParams[P] & Kept): string {
  const set = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(set).toString();
  return `${APP_ROOT}/${page}${search === '' ? '' : `?${search}`}`;
}
