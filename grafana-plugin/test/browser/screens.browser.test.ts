import { describe, expect, it } from 'vitest';
import { type OpenPage, settle } from '../host/browser.ts';
import { grafanaVersions } from '../host/bundle.ts';
import { showPanel } from '../host/show-panel.ts';
import { useBench } from './bench.ts';
import { type Screen, screens } from './screens.ts';
import { violations } from './violations.ts';

const bench = useBench();
/**
 * The development build of React 19 takes more than fifty icons of @grafana/ui that finish loading at one time (each is a
 * state of react-inlinesvg) for an endless loop. It is a warning of that build alone.
 */
const ofManyIcons = (message: string): boolean => message.startsWith('error: Maximum update depth exceeded');

/** What each page shows of the large world. */
const largePages = [
  ['tonight', 'Show all 70'],
  ['fleet', '3,000 devices'],
  ['updates', 'KB5060000'],
  ['topology', 'Click to open or close'],
  ['topology?view=table', 'harbor-logistics'],
  ['ledger', 'Not muted'],
  ['sources', '3,000 devices'],
  ['unmatched', 'without a match'],
  ['device?id=rmm:hl-app126', 'HL-APP126'],
] as const;

async function show(opened: OpenPage, { at, shows, clicks = [] }: Screen): Promise<void> {
  if (typeof at !== 'string') await showPanel(opened, at);
  else if (opened.page.url() === 'about:blank') await opened.goto(at);
  else await opened.navigate(at);
  await settle(opened);
  for (const name of clicks) {
    const { page } = opened;
    await page.getByRole('button', { name }).or(page.getByRole('radio', { name })).first().click({ force: true });
    await settle(opened);
  }
  for (const text of shows) await opened.page.getByText(text).first().waitFor({ timeout: 5000 });
}

describe.each(grafanaVersions)('in Grafana %s', (version) => {
  const shared = bench.sharedPage(version);

  it('shows 3,000 devices on every page, also on a phone, where nothing is cut off at the side', async () => {
    const opened = await bench.open(version, { visit: { world: 'large' } });
    await opened.goto('/a/patchhaven-fleet-app/tonight');
    for (const width of [1400, 400]) {
      await opened.page.setViewportSize({ width, height: 900 });
      for (const [name, text] of largePages) {
        await opened.navigate(`/a/patchhaven-fleet-app/${name}`);
        await settle(opened);
        await opened.page.getByText(text).first().waitFor({ timeout: 5000 });
        const cut = await opened.page.evaluate(() =>
          [...document.querySelectorAll('main, main [role="region"]')]
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => element.getAttribute('aria-label') ?? element.tagName),
        );
        if (width === 400) expect(cut, name).toEqual([]);
        expect(await violations(opened, ['label-content-name-mismatch'])).toEqual([]);
      }
    }
    expect(opened.messages.filter((message) => !ofManyIcons(message))).toEqual([]);
  }, 180_000);

  it.each(screens)(
    '$name shows its data, is accessible in dark and light, and the console stays silent',
    async (screen) => {
      const opened = await shared();
      await show(opened, screen);
      for (const theme of ['dark', 'light'] as const) {
        await opened.page.evaluate((mode) => {
          window.hostControl.setTheme(mode);
        }, theme);
        await settle(opened);
        expect(await violations(opened, screen.withoutRules), theme).toEqual([]);
      }
      expect(opened.messages.splice(0).filter((message) => !ofManyIcons(message))).toEqual([]);
    },
  );
});
