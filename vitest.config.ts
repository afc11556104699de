import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node (and PostgreSQL for the store contract); `e2e` drives real Prometheus and
 * Alertmanager.
 */
export default defineConfig({
  test: {
    // Left to itself, vitest keeps one processor free; of two that is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'exporter/{src,test}/**/*.test.ts',
            'simulators/**/*.test.ts',
            'testbed/**/*.test.ts',
            'scenarios/**/*.test.ts',
            'bench/**/*.test.ts',
            'demo/**/*.test.ts',
            'tools/**/*.test.ts',
            'dashboards/**/*.test.ts',
            'provisioning/**/*.test.ts',
            'alert-rules/**/*.test.ts',
            'agents/**/*.test.ts',
            'grafana-plugin/test/host/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.cache/**', '**/e2e/**', '**/*.e2e.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.cache/**'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Stories wait far more than they work: many on one stack, and two stacks at a time.
          maxConcurrency: 20,
          maxWorkers: 2,
        },
      },
      {
        test: {
          // The built Grafana plugin in a browser, over a real exporter.
          name: 'browser',
          include: ['grafana-plugin/test/**/*.browser.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.cache/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
