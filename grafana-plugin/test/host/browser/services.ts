import { EventBusSrv, locationUtil, standardEditorsRegistry, standardFieldConfigEditorRegistry } from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { setPanelDataErrorView } from 'grafana-runtime-component:PanelDataErrorView';
import { setPluginPage } from 'grafana-runtime-component:PluginPage';
import { createBackendSrv } from './backend-srv';
import { createDataSourceSrv } from './data-source-srv';
import { PanelDataErrorView } from './panel-data-error-view';
import { PluginPage } from './plugin-page';

const noEditor = () => null;
const editorIds = [
  'text',
  'number',
  'slider',
  'boolean',
  'select',
  'unit',
  'stats-picker',
  'strings',
  'timezone',
  'fieldColor',
  'color',
  'multi-select',
  'field-name',
  'thresholds',
  'mappings',
  'links',
  'actions',
  'dashboard-uid',
  'cell-option',
  'fieldNameMatcher',
];

/** Fills the singletons that Grafana fills when it starts. */
export function initServices(): void {
  const { config } = runtime;
  locationUtil.initialize({
    config: config as never,
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: 'now-6h', to: 'now' }),
  });
  runtime.setBackendSrv(createBackendSrv());
  runtime.setAppEvents(new EventBusSrv());
  runtime.setEchoSrv(new runtime.FakeEchoSrv());
  runtime.setTemplateSrv({
    getVariables: () => [],
    replace: (text = '', scoped = {}) =>
      text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => String(scoped[name]?.value ?? whole)),
    containsTemplate: (text = '') => /\$\{?\w+/.test(text),
    updateTimeRange: () => undefined,
  });
  runtime.setDataSourceSrv(createDataSourceSrv());
  setPluginPage(PluginPage);
  setPanelDataErrorView(PanelDataErrorView);
  runtime.setChromeHeaderHeightHook(() => 40);
  runtime.setReturnToPreviousHook(() => () => undefined);
  const editors = () => editorIds.map((id) => ({ id, name: id, description: '', editor: noEditor }));
  standardEditorsRegistry.setInit(editors as never);
  standardFieldConfigEditorRegistry.setInit(() => []);
}
