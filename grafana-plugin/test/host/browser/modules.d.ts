declare module 'systemjs/dist/system.js';
declare module 'systemjs/dist/extras/amd.js';

/** Resolved by bundle.ts: what Grafana itself imports from `@grafana/runtime/internal`. */
declare module 'grafana-runtime-component:PluginPage' {
  import type { PluginPageProps } from '@grafana/runtime';
  import type { ComponentType } from 'react';

  export function setPluginPage(component: ComponentType<PluginPageProps>): void;
}
declare module 'grafana-runtime-component:PanelDataErrorView' {
  import type { PanelDataErrorViewProps } from '@grafana/runtime';
  import type { ComponentType } from 'react';

  export function setPanelDataErrorView(component: ComponentType<PanelDataErrorViewProps>): void;
}
