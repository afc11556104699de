import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';
import { deviceFamilies } from '../../../exporter/src/metrics/catalogue.ts';

/** What a host would push of itself: a group of its own with all its series, about 15. */
export function renderGroup(view: DeviceView): { readonly path: string; readonly text: string } {
  const instance = view.identity.status === 'matched' ? view.identity.instance : '';
  let text = '';
  for (const family of deviceFamilies) {
    for (const { labels, value } of family.generate(view, 0)) {
      const pairs = family.labels.map((name, i) => `${name}="${labels[i] ?? ''}"`).join(',');
      text += `${family.name}${pairs === '' ? '' : `{${pairs}}`} ${String(value)}\n`;
    }
  }
  return {
    path: `/metrics/job/patch/organization/${view.state.facts.organization}/instance/${encodeURIComponent(instance)}`,
    text,
  };
}
