/**
 * SystemJS with its AMD extra, loaded before everything else. The global `define` is hidden again at once: the
 * libraries in this bundle would register with it instead of exporting. Only plugin code sees it (see loader.ts).
 */
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';

interface AmdWindow {
  define?: unknown;
  patchhavenDefine?: unknown;
}

const amd = window as unknown as AmdWindow;
amd.patchhavenDefine = amd.define;
amd.define = undefined;
