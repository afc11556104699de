import type { OpenPage } from './browser.ts';
import type { PanelRequest } from './browser/panel-page.tsx';
import { hoursAgo, nowUnixSeconds } from './world/night.ts';

export const defaultRequest: PanelRequest = {
  pluginId: 'patchhaven-timeline-panel',
  title: 'Patch timeline',
  width: 1200,
  height: 500,
  from: hoursAgo(6) * 1000,
  to: nowUnixSeconds * 1000,
};

/** Draws a panel on an empty page; what is left out has sensible values. Later calls replace what is drawn. */
export async function showPanel(open: OpenPage, request: Partial<PanelRequest>): Promise<void> {
  if (!open.page.url().endsWith('/host/panel')) {
    await (open.page.url() === 'about:blank' ? open.goto('/host/panel') : open.navigate('/host/panel'));
    await open.page.waitForFunction(() => window.panelControl !== undefined);
  }
  await open.page.evaluate((given) => window.panelControl?.render(given), { ...defaultRequest, ...request });
}
