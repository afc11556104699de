/**
 * Measures the built panel in headless Chromium: time to the first paint, main thread time of a hover, frames while
 * scrolling, and the size of the module.
 *
 *   npm run bench:panel [-- --grafana 13.2]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { launchBrowser, type OpenPage, startSession } from '../host/browser.ts';
import { type GrafanaVersion, grafanaVersions } from '../host/bundle.ts';
import { distFolder, startHost } from '../host/host.ts';
import type { PanelRequest } from '../host/browser/panel-page.tsx';
import { showPanel } from '../host/show-panel.ts';
import fleet200 from './scenarios/fleet-200.ts';
import fleet3000 from './scenarios/fleet-3000.ts';

const { values } = parseArgs({ options: { grafana: { type: 'string', default: grafanaVersions[0] } } });
const rounds = 5;
const hoverMoves = 150;
const scrollFrames = 180;

/** Milliseconds from handing the data to the panel until the frame that shows it is done. */
async function firstPaintMs(shown: OpenPage, request: Partial<PanelRequest>): Promise<{ wall: number; busy: number }> {
  await showPanel(shown, { ...request, frames: [] });
  await shown.page.getByText('Add a Prometheus query').waitFor();
  await shown.page.evaluate(() => {
    const control = window.panelControl;
    if (!control) throw new Error('no panel page');
    const render = control.render.bind(control);
    control.render = (given) => {
      const start = performance.now();
      control.render = render;
      render(given);
      const look = () => {
        const drawn = document.querySelector('[data-testid="patch-timeline"] canvas') !== null;
        const done = () => (window.__paintMs = performance.now() - start);
        requestAnimationFrame(drawn ? () => setTimeout(done, 0) : look);
      };
      look();
    };
    window.__paintMs = undefined;
  });
  const busySeconds = await startCounting(shown.page);
  const before = await busySeconds();
  await showPanel(shown, request);
  await shown.page.waitForFunction(() => window.__paintMs !== undefined);
  const busy = ((await busySeconds()) - before) * 1000;
  return { wall: (await shown.page.evaluate(() => window.__paintMs)) ?? NaN, busy };
}

/** Counts processor time of the main thread, so that whatever else the machine does is left out. */
async function startCounting(page: Page): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  };
}

/** Main thread milliseconds for each move of the pointer over the lanes, drawing included. */
async function hoverMs(page: Page): Promise<number> {
  const box = await page.locator('.u-over').boundingBox();
  if (!box) throw new Error('no plot');
  const busySeconds = await startCounting(page);
  const before = await busySeconds();
  for (let move = 0; move < hoverMoves; move++) {
    const x = box.x + ((move * 37) % box.width);
    const y = box.y + ((move * 11) % box.height);
    await page.mouse.move(x, y);
  }
  return ((await busySeconds()) - before) * (1000 / hoverMoves);
}

/** Frame distances in milliseconds while the lanes move by two lanes a frame, sorted. */
async function scrollFrameMs(page: Page): Promise<number[]> {
  const distances = await page.evaluate(async (frames) => {
    const scroller = document.querySelector('.uplot')?.closest('[class]')?.parentElement?.parentElement?.parentElement;
    const target = [...document.querySelectorAll('*')].find(
      (el) => el.contains(scroller ?? null) && el.scrollHeight > el.clientHeight + 1000,
    );
    if (!target) throw new Error('nothing scrolls');
    const measured: number[] = [];
    let last = performance.now();
    for (let frame = 0; frame < frames; frame++) {
      await new Promise((next) => requestAnimationFrame(next));
      const at = performance.now();
      measured.push(at - last);
      last = at;
      target.scrollTop += 56;
    }
    return measured;
  }, scrollFrames);
  return distances.slice(5).sort((a, b) => a - b);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

function best(numbers: readonly number[]): number {
  return Math.min(...numbers);
}

function report(name: string, value: number, unit: string, limit: string): void {
  process.stdout.write(`${name.padEnd(52)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(4)} (${limit})\n`);
}

declare global {
  interface Window {
    __paintMs?: number | undefined;
  }
}

const host = await startHost();
const browser = await launchBrowser();
try {
  const grafana = await host.grafana(values.grafana as GrafanaVersion);
  await host.world('demo');
  const shown = await (await startSession(browser, grafana)).open({ width: 1240, height: 760 });
  // The runner names functions with a helper that the page does not have.
  await shown.page.addInitScript('globalThis.__name = (named) => named');
  process.stdout.write(`Grafana ${values.grafana}, headless Chromium ${browser.version()}, medians of ${rounds}\n`);

  const paints: number[] = [];
  const busy: number[] = [];
  const hovers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const paint = await firstPaintMs(shown, fleet200);
    paints.push(paint.wall);
    busy.push(paint.busy);
    hovers.push(await hoverMs(shown.page));
  }
  report('200 lanes, 10,000 events: first paint', median(paints), 'ms', `at most 500; best ${best(paints).toFixed(0)}`);
  report('  processor time of that, with handing over the data', median(busy), 'ms', `best ${best(busy).toFixed(0)}`);
  report(
    '200 lanes, 10,000 events: main thread per hover',
    median(hovers),
    'ms',
    `at most 16; best ${best(hovers).toFixed(1)}`,
  );

  report('3,000 lanes, 30,000 events: first paint', (await firstPaintMs(shown, fleet3000)).wall, 'ms', 'no limit set');
  const frames = await scrollFrameMs(shown.page);
  const meanMs = frames.reduce((sum, frameMs) => sum + frameMs, 0) / frames.length;
  report('3,000 lanes: frames per second while scrolling', 1000 / meanMs, 'fps', 'at least 50');
  report('3,000 lanes: slowest of 20 frames', frames[Math.floor(frames.length * 0.95)] ?? NaN, 'ms', 'p95');

  const module = readFileSync(path.join(distFolder, 'panel/module.js'));
  report('panel module, gzip', gzipSync(module).length / 1000, 'kB', 'at most 60');
  for (const message of shown.messages) process.stdout.write(`  ${message}\n`);
} finally {
  await browser.close();
  await host.close();
}
process.exit(0);
