import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaDataUnstable from '@grafana/data/unstable';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaRuntimeUnstable from '@grafana/runtime/unstable';
import * as grafanaUi from '@grafana/ui';
import * as grafanaUiUnstable from '@grafana/ui/unstable';
import i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import * as react from 'react';
import * as reactDom from 'react-dom';
import * as reactInlinesvg from 'react-inlinesvg';
import * as reactRouter from 'react-router';
import * as jsxDevRuntime from 'react/jsx-dev-runtime';
import * as jsxRuntime from 'react/jsx-runtime';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

interface SystemLoader {
  addImportMap(map: { readonly imports: Readonly<Record<string, string>> }): void;
  set(id: string, module: object): void;
  import(id: string): Promise<unknown>;
  readonly constructor: {
    prototype: {
      shouldFetch(): boolean;
      fetch(url: string, options?: RequestInit): Promise<Response>;
    };
  };
}

declare const System: SystemLoader;

/** What Grafana shares with plugins, of what ours may import; anything else fails to load, as it should. */
const shared: Readonly<Record<string, object>> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/data/unstable': grafanaDataUnstable,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/runtime/unstable': grafanaRuntimeUnstable,
  '@grafana/ui': grafanaUi,
  '@grafana/ui/unstable': grafanaUiUnstable,
  i18next,
  lodash: { ...lodash, default: lodash },
  moment: { ...moment, default: moment },
  react,
  'react/jsx-runtime': jsxRuntime,
  'react/jsx-dev-runtime': jsxDevRuntime,
  'react-dom': reactDom,
  'react-inlinesvg': reactInlinesvg,
  'react-router': reactRouter,
  rxjs,
  'rxjs/operators': rxjsOperators,
};

/** Makes SystemJS load plugins as Grafana does: fetched, evaluated, with Grafana's libraries by name. */
export function initLoader(): void {
  for (const [name, module] of Object.entries(shared)) System.set(`package:${name}`, { ...module });
  System.addImportMap({
    imports: Object.fromEntries(Object.keys(shared).map((name) => [name, `package:${name}`])),
  });
  const { prototype } = System.constructor;
  const fetchOriginal = prototype.fetch.bind(prototype);
  prototype.shouldFetch = () => true;
  prototype.fetch = async (url, options) => {
    const response = await fetchOriginal(url, options);
    const source = await response.text();
    const wrapped = `(function(define){${source}\n})(window.patchhavenDefine);\n//# sourceURL=${url}`;
    return new Response(wrapped, { status: response.status, headers: { 'content-type': 'text/javascript' } });
  };
}

const loaded = new Map<string, Promise<object>>();

/** The `plugin` that a built module exports. `module` as in the plugin's meta, for example `public/plugins/<id>/module.js`. */
export async function importPlugin<T>(module: string, version: string): Promise<T> {
  const url = new URL(`${module}?_cache=${version}`, document.baseURI).href;
  const known = loaded.get(url) ?? (System.import(url) as Promise<object>);
  loaded.set(url, known);
  const { plugin } = (await known) as { plugin: T };
  return plugin;
}
