import { locationUtil } from '@grafana/data';
import { locationService } from '@grafana/runtime';

/** Grafana turns clicks on local links into navigation without a page load; so does the host. */
export function interceptLinkClicks(event: MouseEvent): void {
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  const href = anchor?.getAttribute('href');
  if (event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (href === null || href === undefined || anchor?.hasAttribute('target') === true) return;
  event.preventDefault();
  if (href.includes('://') || href.startsWith('mailto:')) {
    window.location.href = href;
  } else if (href.startsWith('#')) {
    window.location.hash = href;
  } else {
    const local = locationUtil.stripBaseFromUrl(href);
    locationService.push(local.startsWith('/') ? local : `/${local}`);
  }
}
