import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { OpenPage } from '../host/browser.ts';
import type { Screen } from './screens.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 A and AA and axe's good practice; one line per violation, with the first place it is found at. */
export async function violations(
  { page }: OpenPage,
  withoutRules: Screen['withoutRules'] = [],
): Promise<readonly string[]> {
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: loaded } = window as unknown as {
      axe: { run(context: object, options: object): Promise<AxeResults> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // Landmarks around the plugin are Grafana's.
    const rules = { region: { enabled: false } };
    // The time range picker is Grafana's, and its name leaves out what it shows.
    const grafanasOwn = ['[data-testid="data-testid TimePicker Open Button"]'];
    const { violations } = await loaded.run(
      { exclude: grafanasOwn },
      { runOnly: tags, resultTypes: ['violations'], rules },
    );
    return violations;
  });
  return found
    .filter(({ id }) => !withoutRules.includes(id))
    .map(({ id, help, nodes }) => `${id}: ${help} (${String(nodes.length)}×) ${nodes[0]?.html ?? ''}`);
}
