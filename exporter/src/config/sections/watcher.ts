import { z } from 'zod';
import { duration } from '../duration.ts';

export const watcherSection = z
  .strictObject({
    interval: duration({ min: '100ms', max: '1m' })
      .prefault('5s')
      .describe('How often the alerts of every Prometheus are read. Keep it well below the `for` of your down-alerts.'),
    lookup_timeout: duration({ min: '1s', max: '2m' })
      .prefault('20s')
      .describe('Longest targeted read of an RMM for a device that just went down.'),
    lookup_concurrency: z.int().min(1).max(64).default(8).describe('Targeted reads at the same time.'),
    down_alerts: z
      .array(z.string().min(1))
      .min(1)
      .default(['HostDown'])
      .describe('Names of your alerts that mean "this device does not answer".'),
    jobs: z
      .array(z.string().min(1))
      .min(1)
      .default(['node', 'windows', 'ping'])
      .describe('Jobs whose `up` or `probe_success` says whether a machine answers.'),
  })
  .transform((raw) => ({
    intervalSeconds: raw.interval,
    lookupTimeoutSeconds: raw.lookup_timeout,
    lookupConcurrency: raw.lookup_concurrency,
    downAlerts: raw.down_alerts,
    jobs: raw.jobs,
  }))
  .prefault({});
