import { describe, expect, it } from 'vitest';
import { type OpenPage, settle } from '../host/browser.ts';
import { grafanaVersions } from '../host/bundle.ts';
import { useBench } from './bench.ts';
import { pagesWithEmptyState } from './screens.ts';

const bench = useBench();
const app = '/a/patchhaven-fleet-app';

/** The browser itself reports every refused request; a plugin cannot keep it from that. */
const ofThePlugin = ({ messages }: OpenPage): readonly string[] =>
  messages.filter((message) => !message.startsWith('error: Failed to load resource'));

describe.each(grafanaVersions)('in Grafana %s', (version) => {
  const shared = bench.sharedPage(version);

  it('has something to say on every page of an exporter that knows nothing yet', async () => {
    const opened = await bench.open(version, { visit: { world: 'empty' } });
    await opened.goto(`${app}/tonight`);
    for (const page of pagesWithEmptyState) {
      await opened.navigate(`${app}/${page}`);
      await settle(opened);
      const words = (await opened.page.locator('main').innerText()).split(/\s+/);
      expect(words.length, page).toBeGreaterThan(5);
    }
    expect(opened.messages).toEqual([]);
  });

  it.each([
    [
      'the exporter is dead',
      { exporterUrl: 'http://127.0.0.1:1', token: 'x' },
      /could not (be )?re(ad|ach)|not reachable|does not answer/i,
    ],
    ['the token has been revoked mid-view', { token: 'phv_gone' }, /token/i],
  ])('says on each page that %s, and stays alive', async (name, change, sentence) => {
    const demo = await bench.host().world('demo');
    const opened = await shared();
    if (opened.page.url() === 'about:blank') await opened.goto(`${app}/tonight`);
    bench.host().pointTo(name, { ...demo, ...change });
    opened.visit.world = name;
    for (const page of ['updates', 'tonight', 'fleet']) {
      await opened.navigate(`${app}/${page}`);
      await settle(opened);
      await opened.page.getByText(sentence).first().waitFor({ timeout: 5000 });
      expect(await opened.page.getByRole('heading', { level: 1 }).count(), page).toBe(1);
    }
    opened.visit.world = 'demo';
    await opened.navigate(`${app}/updates?text=KB5078740`);
    await opened.page.getByText('KB5078740').first().waitFor();
    expect(ofThePlugin(opened)).toEqual([]);
  });

  it('works below a sub path, deep link and lazy chunks included', async () => {
    const opened = await bench.open(version, { subPath: '/grafana' });
    await opened.goto(`${app}/fleet?organization=meridian-clinic&from=now-24h&to=now`);
    await opened.page.getByText('MC-WEB01').first().waitFor();
    await opened.page.getByRole('link', { name: 'MC-WEB01' }).first().click();
    await settle(opened);
    const url = new URL(opened.page.url());
    expect(url.pathname).toBe(`/grafana${app}/device`);
    expect(url.searchParams.get('from')).toBe('now-24h');
    expect(opened.messages).toEqual([]);
  });
});
