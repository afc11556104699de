import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBench } from '../browser/bench.ts';
import { type OpenPage, settle } from '../host/browser.ts';
import { grafanaVersions } from '../host/bundle.ts';
import type { PanelRequest } from '../host/browser/panel-page.tsx';
import { defaultRequest, showPanel } from '../host/show-panel.ts';
import { ago, eventFrame, fleetFrames, upFrame } from './frames.ts';
import patchNight from './scenarios/patch-night.ts';

const bench = useBench();

async function show(opened: OpenPage, request: Partial<PanelRequest>): Promise<Page> {
  await showPanel(opened, request);
  await settle(opened);
  return opened.page;
}

/** The middle of a marker, which lies under the canvas's own pointer handling. */
async function middleOf(page: Page, name: RegExp): Promise<{ x: number; y: number }> {
  const box = await page.getByRole('button', { name }).first().boundingBox();
  if (!box) throw new Error(`no marker ${String(name)}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const lastRange = (page: Page) => page.evaluate(() => window.panelControl?.timeRanges.at(-1));

/** Canvas pixels of about this colour within the plot. */
function countPixels(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<number> {
  return page.evaluate(
    ([r, g, b]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="patch-timeline"] canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        const away =
          Math.abs((data[at] ?? 0) - r) + Math.abs((data[at + 1] ?? 0) - g) + Math.abs((data[at + 2] ?? 0) - b);
        if (away < 12) found++;
      }
      return found;
    },
    [red, green, blue] as const,
  );
}

/** For what a busy machine draws later. */
const patience = { timeout: 10_000 };

/** Grafana's red, in the dark theme, for what is down. */
const red = [242, 73, 92] as const;

describe.each(grafanaVersions)('the timeline in Grafana %s', (version) => {
  const shared = bench.sharedPage(version);

  it('explains what the pointer is over', async () => {
    const page = await show(await shared(), patchNight);
    const { x, y } = await middleOf(page, /^Verification failed/);
    await page.mouse.move(x, y);
    const card = page.getByRole('tooltip');
    await expect.poll(() => card.textContent()).toContain('exchange: transport service stopped');
    expect(await card.textContent()).toContain('mail-01:9182');
    await page.mouse.move(5, 5);
    await expect.poll(() => card.count()).toBe(0);
  });

  it('pins a card with links, and lets go of it', async () => {
    const page = await show(await shared(), patchNight);
    const { x, y } = await middleOf(page, /^2 events, worst: Page sent/);
    await page.mouse.click(x, y);
    const card = page.getByRole('dialog', { name: 'db-01:9182' });
    await card.waitFor();
    expect(await card.getByRole('link', { name: 'Open device' }).getAttribute('href')).toMatch(
      /instance=db-01(%3A|:)9182/,
    );
    expect(await card.getByRole('link', { name: /tickets\.example\.com/ }).getAttribute('target')).toBe('_blank');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('asks for the range that was dragged over, and for a wider one on a double click', async () => {
    const page = await show(await shared(), patchNight);
    const box = await page.locator('.u-over').boundingBox();
    if (!box) throw new Error('no plot');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 100, { steps: 4 });
    await page.mouse.up();
    const zoomed = await lastRange(page);
    expect(zoomed && zoomed.to - zoomed.from).toBeGreaterThan(60_000);
    expect(zoomed?.from).toBeGreaterThan(ago(6));
    expect(await page.getByRole('dialog').count()).toBe(0);

    const before = zoomed ? zoomed.to - zoomed.from : 0;
    await settle(await shared());
    await page.mouse.dblclick(box.x + box.width / 2, box.y + 5);
    await expect.poll(async () => (await lastRange(page))?.to).not.toBe(zoomed?.to);
    const wider = await lastRange(page);
    expect((wider?.to ?? 0) - (wider?.from ?? 0)).toBeGreaterThan(before * 1.9);
    await page.keyboard.press('Escape');
  });

  it('walks 3,000 lanes by keyboard and keeps few of them in the page', async () => {
    const page = await show(await shared(), {
      from: ago(24),
      to: ago(0),
      height: 600,
      frames: fleetFrames(3000, 6000, 3_600_000),
    });
    const grid = page.getByRole('grid', { name: 'Patch timeline, 3000 lanes' });
    expect(await grid.getByRole('row').count()).toBeLessThan(45);
    await grid.locator('[tabindex="0"]').focus();
    for (let step = 0; step < 12; step++) await page.keyboard.press('PageDown');
    await page.keyboard.press('End');
    const focused = await page.evaluate(() => {
      const active = document.activeElement;
      const row = active?.closest('[role="row"]');
      const box = active?.getBoundingClientRect();
      const plot = document.querySelector('.u-over')?.getBoundingClientRect();
      return {
        row: Number(row?.getAttribute('aria-rowindex')),
        inside: Boolean(box && plot && box.top >= plot.top && box.bottom <= plot.bottom + 1),
      };
    });
    expect(focused.row).toBeGreaterThan(100);
    expect(focused.inside).toBe(true);
    expect(await grid.getByRole('row').count()).toBeLessThan(45);
  });

  it('stays the same picture while lanes scroll under it', async () => {
    const page = await show(await shared(), {
      from: ago(24),
      to: ago(0),
      height: 600,
      frames: fleetFrames(300, 600, 3_600_000),
    });
    const header = page.getByRole('rowheader').first();
    const before = await header.textContent();
    await page.locator('.u-over').hover();
    await page.mouse.wheel(0, 2800);
    await expect.poll(() => page.getByRole('rowheader').first().textContent()).not.toBe(before);
    const plot = await page.locator('.u-over').boundingBox();
    const panel = await page.getByTestId('patch-timeline').boundingBox();
    expect(plot && panel && plot.y - panel.y).toBeLessThan(60);
  });

  it('shows an outage of a minute in a range of five years', async () => {
    const year = 365 * 24;
    const times = [ago(5 * year), ago(year), ago(year) + 60_000, ago(0)];
    const frame = {
      refId: 'A',
      fields: [
        { name: 'Time', type: 'time' as never, config: {}, values: times },
        {
          name: 'state',
          type: 'string' as never,
          labels: { instance: 'web-01' },
          config: {},
          values: ['Up', 'Down', 'Up', 'Up'],
        },
      ],
    };
    const page = await show(await shared(), { from: ago(5 * year), to: ago(0), frames: [frame] });
    expect(await countPixels(page, red)).toBeGreaterThan(8);
  });

  it('tells times in the zone of the dashboard, across a change of the clocks', async () => {
    const from = Date.UTC(2026, 2, 29, 0);
    const to = Date.UTC(2026, 2, 29, 3);
    const reboot = { id: 'r', kind: 'reboot', time: Date.UTC(2026, 2, 29, 1, 15), instance: 'web-01', title: 'Reboot' };
    const frames = [upFrame('web-01', 'acme', { from, to, stepMs: 60_000 }), eventFrame([reboot])];
    const page = await show(await shared(), { from, to, timeZone: 'Europe/Berlin', frames });
    await page.getByRole('button', { name: 'Reboot, 2026-03-29 03:15:00' }).waitFor({ state: 'attached' });
  });

  it('shares the crosshair with another panel of the dashboard, where no card opens', async () => {
    const below = { ...defaultRequest, ...patchNight, height: 300, title: 'Below' };
    const page = await show(await bench.open(version), { ...patchNight, height: 300, below });
    const plots = page.locator('.u-over');
    await expect.poll(() => plots.count()).toBe(2);
    const box = await plots.first().boundingBox();
    if (!box) throw new Error('no plot');
    const lines = page.locator('.u-cursor-x');
    const leftOf = (index: number) => lines.nth(index).evaluate((line) => line.getBoundingClientRect().left);
    for (const share of [0.3, 0.7]) {
      const x = box.x + box.width * share;
      await expect
        .poll(async () => {
          // Plots that have just been made listen from their first frame on.
          await page.mouse.move(x - 5, box.y + 20);
          await page.mouse.move(x, box.y + 20);
          return Promise.all([leftOf(0), leftOf(1)]);
        }, patience)
        .toEqual([expect.closeTo(x, -1), expect.closeTo(x, -1)]);
      expect(await leftOf(1)).toBeCloseTo(await leftOf(0), 0);
    }
    expect(await page.getByRole('tooltip').count()).toBeLessThanOrEqual(1);
    await page.mouse.move(5, 5);
  });

  it('tells the states of devices by their own words and colours', async () => {
    const targets = [{ refId: 'A', datasource: { uid: 'patchhaven' }, queryType: 'states' }];
    const page = await show(await shared(), { targets: targets as never, height: 700 });
    const legend = page.getByRole('group', { name: 'Kinds shown' });
    await legend.getByText('Restart pending').waitFor();
    for (const word of ['No patch activity', 'Quiet', 'Overdue'])
      expect(await legend.getByText(word, { exact: true }).count(), word).toBe(1);
    expect(await legend.getByText('Up', { exact: true }).count()).toBe(0);
    // Grafana's dark orange of a pending restart.
    await expect.poll(() => countPixels(page, [255, 152, 48])).toBeGreaterThan(100);
  });

  it('keeps lanes through an error of another query', async () => {
    const page = await show(await shared(), { ...patchNight, error: 'the exporter does not answer' });
    await page.getByText('A query failed: the exporter does not answer.').waitFor();
    await page.getByText('db-01:9182').waitFor();
  });

  it('has nothing to complain about', async () => {
    expect((await shared()).messages.splice(0)).toEqual([]);
  });
});
