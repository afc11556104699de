import type { PanelModel } from '@grafana/data';
import { type PanelOptions, readOptions } from './options';

/** Called for dashboards that another version of the panel has saved. */
export function migrateOptions(panel: Pick<PanelModel<unknown>, 'options'>): PanelOptions {
  return readOptions(panel.options);
}

/** Called when a panel of another type becomes a timeline: whether a legend is shown is all that carries over. */
export function optionsFromOtherPanel(
  panel: { options?: unknown },
  _pluginId: string,
  previous: Record<string, unknown>,
): PanelOptions {
  const before = previous['options'];
  const legend = typeof before === 'object' && before !== null && 'legend' in before ? before.legend : undefined;
  const showLegend =
    typeof legend === 'object' && legend !== null && 'showLegend' in legend ? legend.showLegend : undefined;
  return readOptions({ ...(showLegend === undefined ? {} : { showLegend }), ...(panel.options ?? {}) });
}
