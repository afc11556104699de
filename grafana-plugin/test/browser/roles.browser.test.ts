import { describe, expect, it } from 'vitest';
import { settle } from '../host/browser.ts';
import { grafanaVersions } from '../host/bundle.ts';
import { createIdSigner } from '../host/server/id-token.ts';
import { nowUnixSeconds } from '../host/world/night.ts';
import { useBench } from './bench.ts';

const bench = useBench();
const tonight = '/a/patchhaven-fleet-app/tonight';

interface AuditPage {
  readonly items: readonly { readonly actor: string; readonly action: string; readonly outcome: string }[];
}

describe.each(grafanaVersions)('in Grafana %s', (version) => {
  it('shows a viewer no action, and the proxy lets none through', async () => {
    const opened = await bench.open(version, { visit: { user: { login: 'vera', role: 'Viewer' } } });
    await opened.goto(tonight);
    await opened.page.getByText('HL-DC01').first().waitFor();
    expect(await opened.page.getByRole('button', { name: /cancel|open maintenance/i }).count()).toBe(0);
    const answer = await opened.page.evaluate(async () => {
      const url = 'api/datasources/proxy/uid/patchhaven/api/v1/windows/w-hl-dc01-0205';
      const response = await fetch(url, { method: 'DELETE' });
      return { status: response.status, text: await response.text() };
    });
    expect(answer).toEqual({ status: 403, text: '{"message":"plugin proxy route access denied"}' });
  });

  it('lets an editor end a quiet window after typing its device, and the audit names them', async () => {
    const world = await bench.host().ownWorld(`acting-${version}`, 'demo');
    const visit = { user: { login: 'dana', role: 'Editor' }, world: `acting-${version}` } as const;
    const { goto, page } = await bench.open(version, { visit });
    await goto(tonight);
    await page.getByRole('button', { name: 'Cancel window of HL-DC01' }).first().click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'End the quiet window' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel(/reason/i).fill('the controller is needed now');
    await dialog.getByRole('textbox').last().fill('HL-DC01');
    await confirm.click();
    await page.getByText('The window of HL-DC01 is closed').first().waitFor();

    const headers = { authorization: `Bearer ${world.adminToken}` };
    const audit = (await (await fetch(`${world.exporterUrl}/api/v1/audit`, { headers })).json()) as AuditPage;
    const [newest] = audit.items;
    expect(newest?.actor).toBe('token:grafana user:dana');
    expect(newest?.outcome).toBe('done');
    const ledger = await fetch(`${world.exporterUrl}/api/v1/ledger?limit=1`, { headers });
    expect(await ledger.text()).toContain('the controller is needed now');
  });

  it('shows what the exporter says to a forged identity', async () => {
    const forger = await createIdSigner('https://grafana.example.com/');
    const idToken = await forger.sign({ login: 'mallory', role: 'Admin' }, nowUnixSeconds);
    const opened = await bench.open(version, { visit: { idToken } });
    await opened.goto(tonight);
    await settle(opened);
    await opened.page
      .getByText(/was not signed by this Grafana/)
      .first()
      .waitFor();
    expect(await opened.page.getByText('HL-DC01').count()).toBe(0);
  });
});
