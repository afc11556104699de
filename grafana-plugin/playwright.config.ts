import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig, devices } from '@playwright/test';

const auth = 'playwright/.auth/admin.json';

/** Specs against a real Grafana (docker-compose.yml in the root). They need Docker and are no part of `npm test`. */
export default defineConfig<PluginOptions>({
  testDir: './tests-e2e',
  outputDir: '.cache/playwright',
  forbidOnly: true,
  fullyParallel: true,
  reporter: 'list',
  use: {
    baseURL: process.env['GRAFANA_URL'] ?? 'http://localhost:3000',
    trace: 'retain-on-failure',
    grafanaAPICredentials: { user: 'admin', password: process.env['GRAFANA_PASSWORD'] ?? 'admin' },
  },
  projects: [
    { name: 'sign-in', testDir: 'node_modules/@grafana/plugin-e2e/dist/auth', testMatch: [/.*\.js/] },
    { name: 'chromium', use: { ...devices['Desktop Chrome'], storageState: auth }, dependencies: ['sign-in'] },
  ],
});
