/** Pictures for the documents: every screen that has one, dark and light, from the demo data. `npm run screenshots` */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Screen, screens } from './browser/screens.ts';
import { launchBrowser, settle, startSession } from './host/browser.ts';
import { grafanaVersions } from './host/bundle.ts';
import { startHost } from './host/host.ts';
import { showPanel } from './host/show-panel.ts';

const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const only = process.argv.slice(2);
const shot = screens.filter(
  (screen): screen is Screen & Required<Pick<Screen, 'picture'>> =>
    screen.picture !== undefined && (only.length === 0 || only.includes(screen.picture.name)),
);

mkdirSync(pictures, { recursive: true });
const host = await startHost();
const browser = await launchBrowser();
try {
  await host.world('demo');
  const session = await startSession(browser, await host.grafana(grafanaVersions[0]));
  for (const theme of ['dark', 'light'] as const)
    for (const { at, picture, shows } of shot) {
      const opened = await session.open({
        visit: { theme },
        width: picture.width ?? 1280,
        height: picture.height ?? 800,
      });
      await (typeof at === 'string' ? opened.goto(at) : showPanel(opened, at));
      await settle(opened);
      for (const text of shows) await opened.page.getByText(text).first().waitFor();
      const file = path.join(pictures, `${picture.name}-${theme}.png`);
      await opened.page.screenshot({ path: file, animations: 'disabled' });
      process.stdout.write(
        `${path.relative(process.cwd(), file)}  ${String(Math.round(statSync(file).size / 1000))} kB\n`,
      );
      await opened.page.close();
    }
} finally {
  await browser.close();
  await host.close();
}
process.exit(0);
