import { expect, test } from '@grafana/plugin-e2e';

const app = '/a/patchhaven-fleet-app';

test('the app opens from the provisioned stack and shows the night', async ({ page }) => {
  await page.goto(`${app}/tonight`);
  await expect(page.getByRole('heading', { level: 1, name: 'Tonight' })).toBeVisible();
});

test('the provisioned data source answers its health check', async ({ gotoDataSourceConfigPage, page }) => {
  await gotoDataSourceConfigPage('patchhaven');
  await page.getByRole('button', { name: /test$/i }).click();
  await expect(page.getByTestId('data-testid Alert success')).toBeVisible();
});

test('a query for events returns a frame in a panel', async ({ dashboardPage, page }) => {
  const panel = await dashboardPage.addPanel();
  await panel.datasource.set('Patchhaven');
  await panel.setVisualization('Patch timeline');
  await expect(page.getByText('No data source', { exact: false })).toHaveCount(0);
  await expect(panel.refreshPanel()).toBeOK();
});
