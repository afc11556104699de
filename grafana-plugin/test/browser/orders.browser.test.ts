import { describe, expect, it } from 'vitest';
import { grafanaVersions } from '../host/bundle.ts';
import { settle } from '../host/browser.ts';
import { useBench } from './bench.ts';
import { violations } from './violations.ts';

const bench = useBench();
const device = '/a/patchhaven-fleet-app/device?id=ninja:1001';
const ordersPath = 'api/datasources/proxy/uid/patchhaven/api/v1/devices/ninja%3A1001/orders';

interface OrderPage {
  readonly items: readonly {
    readonly action: string;
    readonly script: string | null;
    readonly arguments: readonly string[];
    readonly owner: string;
    readonly state: string;
    readonly reason: string;
  }[];
}

describe.each(grafanaVersions)('in Grafana %s', (version) => {
  it('lets an editor restart a device and run a script there, once each, and a viewer see that', async () => {
    const world = `orders-${version}`;
    const { exporterUrl, adminToken } = await bench.host().ownWorld(world, 'orders');
    const editor = await bench.open(version, { visit: { user: { login: 'dana', role: 'Editor' }, world } });
    const { page } = editor;
    await editor.goto(device);
    await page.getByRole('button', { name: 'Restart …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/restarts IB-SQL01 of .* as soon as it has taken the order/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Restart it' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/Reason/).fill('KB5041160 waits for it');
    await accessible(editor, 'the dialog to restart');
    await dialog.getByRole('button', { name: 'Restart it' }).dblclick();
    await page.getByText(/Restart of IB-SQL01: NinjaOne took the reboot.*explained by it until/).waitFor();
    await page.getByRole('table', { name: 'Orders' }).getByText('Accepted').waitFor();

    await page.getByRole('button', { name: 'Restart …' }).click();
    await dialog.getByLabel(/Reason/).fill('once more');
    await dialog.getByRole('button', { name: 'Restart it' }).click();
    await dialog.getByText('Nothing was ordered').waitFor();
    await dialog.getByText(/may still be on its way/).waitFor();
    await dialog.getByRole('button', { name: 'Leave it as it is' }).click();

    await page.getByRole('button', { name: 'Run a script …' }).click();
    await dialog.getByRole('combobox', { name: /Script/ }).click();
    await page.getByRole('option', { name: /Remove an update/ }).click();
    await dialog.getByLabel(/Parameters/).fill('-Kb\nKB5041160');
    await dialog.getByLabel(/Reason/).fill('roll it back');
    await accessible(editor, 'the dialog to run a script');
    await dialog.getByRole('button', { name: 'Run the script' }).click();
    await page.getByText(/Script 418 -Kb KB5041160 of IB-SQL01: NinjaOne took the script/).waitFor();
    await page.getByRole('rowheader', { name: 'Script 418 -Kb KB5041160' }).waitFor();
    await accessible(editor, 'the orders');

    const headers = { authorization: `Bearer ${adminToken}` };
    const stored = await fetch(`${exporterUrl}/api/v1/devices/ninja:1001/orders`, { headers });
    const owner = 'token:grafana user:dana';
    expect(((await stored.json()) as OrderPage).items).toMatchObject([
      { action: 'script', script: '418', arguments: ['-Kb', 'KB5041160'], owner, reason: 'roll it back' },
      { action: 'reboot', owner, state: 'accepted', reason: 'KB5041160 waits for it' },
    ]);

    const viewer = await bench.open(version, { visit: { user: { login: 'vera', role: 'Viewer' }, world } });
    await viewer.goto(`${device}&tab=orders`);
    await viewer.page.getByRole('rowheader', { name: 'Restart' }).waitFor();
    expect(await viewer.page.getByRole('button', { name: /Restart|Run a script/ }).count()).toBe(0);
    const status = await viewer.page.evaluate(async (url) => {
      const body = JSON.stringify({ action: 'reboot', reason: 'x' });
      const given = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      return (await fetch(url, given)).status;
    }, ordersPath);
    expect(status).toBe(403);
  });

  it('says why a source takes no orders', async () => {
    const { goto, page } = await bench.open(version, { visit: { user: { login: 'dana', role: 'Editor' } } });
    await goto('/a/patchhaven-fleet-app/device?id=rmm:hl-dc01');
    const button = page.getByRole('button', { name: 'Restart …' });
    await button.hover();
    await page.getByText(/source rmm \(file\) takes no orders.*orders\.enabled/).waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
  });
});

async function accessible(opened: Parameters<typeof violations>[0], what: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await opened.page.evaluate((mode) => {
      window.hostControl.setTheme(mode);
    }, theme);
    await settle(opened);
    expect(await violations(opened), `${what}, ${theme}`).toEqual([]);
  }
}
