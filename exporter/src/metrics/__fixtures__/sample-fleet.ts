import type { DeviceView } from '../../fleet/fleet-view.ts';
import { aPatch, aView, aWindow, now } from './device-view.ts';

const kb = (id: string) => ({ id, title: `${id} Cumulative Update` });

/** Five devices that between them use every family; the golden file shows them. */
export const sampleFleet: readonly DeviceView[] = [
  aView({
    key: 'ninja:101',
    instance: 'web-01:9182',
    facts: {
      displayName: 'WEB-01',
      site: 'Bern',
      groups: ['Production', 'Web'],
      os: { name: 'Windows Server 2022', build: '20348.2655', family: 'windows' },
      lastSeenAt: now - 30,
      lastBootAt: now - 40 * 86_400,
      rebootPending: true,
      patches: [
        aPatch({ firstSeenAt: now - 20 * 86_400 }),
        aPatch({ id: 'KB5039889', severity: 'important', status: 'failed' }),
        aPatch({ id: 'KB5034441', severity: 'moderate', status: 'installed', installedAt: now - 600 }),
      ],
    },
    state: {
      rebootPendingSince: now - 600,
      lastInstall: { source: 'ninja', at: now - 600, patches: ['KB1', 'KB2', 'KB3', 'KB4', 'KB5', 'KB6'].map(kb) },
      lastInstallFailure: { source: 'ninja', at: now - 700, ref: 'ninja/1', patches: [] },
    },
    view: { quiet: aWindow(), compliance: { verdict: 'non_compliant', reasons: ['1 update failed to install'] } },
  }),
  aView({
    key: 'ninja:102',
    instance: 'sql-01:9182',
    facts: { displayName: 'SQL-01', lastSeenAt: now - 90, rebootPending: false, patches: [] },
    view: {
      compliance: { verdict: 'compliant', reasons: [] },
      quietCappedUntil: now + 3600,
      quiet: aWindow({
        closedAt: now - 300,
        outcome: 'returned',
        verification: {
          verdict: 'failed',
          startedAt: now - 300,
          settlesAt: now,
          rounds: 2,
          consecutivePasses: 0,
          checks: [
            { check: 'mssql', result: 'failed', detail: '', at: now },
            { check: 'agent', result: 'passed', detail: '', at: now },
          ],
        },
      }),
      maintenance: aWindow({ kind: 'maintenance', endsAt: now + 3600 }),
    },
  }),
  aView({
    key: 'ninja:103',
    instance: 'stale-01:9182',
    facts: { lastSeenAt: now - 90_000, rebootPending: true, patches: [aPatch()] },
    view: { stale: true },
  }),
  aView({ key: 'tactical:a-1', facts: { organization: 'globex', displayName: 'Büro "Süd"\\1' }, view: { identity: { status: 'unmatched' } } }),
  aView({ key: 'tactical:a-2', instance: 'nas:9100', facts: { organization: 'globex', patches: [aPatch()] } }),
];
