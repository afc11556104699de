/**
 * Shows a screen: renders a page, an editor or a panel in headless Chromium, writes a PNG, and prints what the browser
 * complained about.
 *
 *   npm run look -- <path or panel scenario> [--grafana 12.4] [--theme dark] [--role Admin] [--world demo] …
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { launchBrowser, settle, startSession } from './browser.ts';
import { type GrafanaVersion, grafanaVersions } from './bundle.ts';
import type { PanelRequest } from './browser/panel-page.tsx';
import { startHost } from './host.ts';
import type { OrgRole } from './server/routes.ts';
import { showPanel } from './show-panel.ts';
import { type WorldName, worldNames } from './world/start-world.ts';

const usage = `usage: npm run look -- <path | panel scenario.ts> [flags]

  <path>            as in Grafana's address bar: /a/patchhaven-fleet-app/tonight?from=now-6h
                    /host/editor/config, query, variable or annotation, with ?uid=patchhaven&value=<json>
  scenario.ts       a file with \`export default {…} satisfies Partial<PanelRequest>\`: see test/host/browser/panel-page.tsx

  --grafana VERSION ${grafanaVersions.join(' or ')}, default ${grafanaVersions[0]}
  --theme THEME     dark or light, default dark
  --role ROLE       Viewer, Editor or Admin, default Admin
  --world WORLD     ${worldNames.join(', ')}, or dead (nobody listens), or slow (never answers); default demo
  --size WxH        default 1400x900
  --full            the whole page, not only what fits
  --click TEXT      clicks the button, link or tab with this name first; may be repeated
  --out FILE        default .cache/look/<name>.png`;

const options = {
  grafana: { type: 'string', default: grafanaVersions[0] },
  theme: { type: 'string', default: 'dark' },
  role: { type: 'string', default: 'Admin' },
  world: { type: 'string', default: 'demo' },
  size: { type: 'string', default: '1400x900' },
  full: { type: 'boolean', default: false },
  click: { type: 'string', multiple: true },
  out: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [target] = positionals;
if (target === undefined || values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

const [width = 1400, height = 900] = values.size.split('x').map(Number);
const isPanel = target.endsWith('.ts') || target.endsWith('.tsx');
const slug = (isPanel ? path.basename(target, path.extname(target)) : target)
  .replace(/[^\w-]+/g, '-')
  .replace(/^-|-$/g, '');
const out = path.resolve(values.out ?? `.cache/look/${slug}-${values.theme}-${values.grafana}.png`);
mkdirSync(path.dirname(out), { recursive: true });

const host = await startHost();
const browser = await launchBrowser();
try {
  const grafana = await host.grafana(values.grafana as GrafanaVersion);
  const world = await host.world(worldNames.find((name) => name === values.world) ?? 'demo');
  if (values.world === 'dead') await world.killExporter();
  const user = { login: 'alice', role: values.role as OrgRole };
  const session = await startSession(browser, grafana);
  const shown = await session.open({
    visit: {
      theme: values.theme === 'light' ? 'light' : 'dark',
      user,
      world: worldNames.includes(values.world as WorldName) ? values.world : 'demo',
    },
    width,
    height,
  });
  if (values.world === 'slow') await shown.page.route('**/api/datasources/proxy/**', () => undefined);
  if (isPanel) {
    const { default: request } = (await import(pathToFileURL(path.resolve(target)).href)) as {
      default: Partial<PanelRequest>;
    };
    await showPanel(shown, request);
  } else {
    await shown.goto(target);
  }
  if (values.world === 'slow') await shown.page.waitForTimeout(1500);
  else await settle(shown);
  for (const name of values.click ?? []) {
    const button = shown.page
      .getByRole('button', { name })
      .or(shown.page.getByRole('link', { name }))
      .or(shown.page.getByRole('tab', { name }));
    await button.first().click();
    await settle(shown);
  }
  await shown.page.screenshot({ path: out, fullPage: values.full });
  process.stdout.write(`${out}\n`);
  for (const message of shown.messages) process.stdout.write(`  ${message}\n`);
} finally {
  await browser.close();
  await host.close();
}
process.exit(0);
