import type { Answer, LedgerLine, PatchWindow } from '../shared/api/types';
import { FakeExporter } from './exporter';
import { golden } from './golden';

type WindowPage = Answer<'/windows'>;

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) {
    throw new Error('the golden file is empty');
  }
  return first;
}

/** SRV-1, muted since 01:58 until 02:28. */
export const QUIET_WINDOW: PatchWindow = firstOf(golden<WindowPage>('windows').items);

/** db-2, whose time ran out at 01:40. */
export const OVERDUE_WINDOW: PatchWindow = {
  ...QUIET_WINDOW,
  id: 'w-overdue',
  device: 'ninja:2',
  deviceName: 'db-2',
  openedAt: '2026-03-10T01:10:00.000Z',
  downAt: '2026-03-10T01:10:00.000Z',
  endsAt: '2026-03-10T01:40:00.000Z',
  closedAt: '2026-03-10T01:40:00.000Z',
  outcome: 'overdue',
  open: false,
};

/** web-3, back at 01:50, but IIS does not answer and one check has no data. */
export const UNHEALTHY_WINDOW: PatchWindow = {
  ...QUIET_WINDOW,
  id: 'w-unhealthy',
  device: 'ninja:3',
  deviceName: 'web-3',
  openedAt: '2026-03-10T01:30:00.000Z',
  closedAt: '2026-03-10T01:50:00.000Z',
  outcome: 'returned',
  open: false,
  verification: {
    verdict: 'failed',
    startedAt: '2026-03-10T01:50:00.000Z',
    settlesAt: '2026-03-10T01:55:00.000Z',
    endedAt: '2026-03-10T01:56:00.000Z',
    checks: [
      { check: 'iis', result: 'failed', detail: 'answers 500', at: '2026-03-10T01:56:00.000Z' },
      { check: 'disk', result: 'no_data', detail: 'no series', at: '2026-03-10T01:56:00.000Z' },
      { check: 'sshd', result: 'passed', detail: 'answers', at: '2026-03-10T01:56:00.000Z' },
    ],
  },
};

/** app-4, in maintenance until 03:00, opened by alice from Grafana. */
export const MAINTENANCE_WINDOW: PatchWindow = {
  ...firstOf(golden<{ windows: PatchWindow[] }>('open-window').windows),
  id: 'w-maintenance',
  device: 'ninja:4',
  deviceName: 'app-4',
  owner: 'token:grafana user:alice',
};

/** fs-5, whose maintenance begins at 22:00. */
export const PLANNED_WINDOW: PatchWindow = {
  ...MAINTENANCE_WINDOW,
  id: 'w-planned',
  device: 'ninja:5',
  deviceName: 'fs-5',
  openedAt: '2026-03-10T22:00:00.000Z',
  endsAt: '2026-03-10T23:00:00.000Z',
};

const opened: LedgerLine = firstOf(golden<Answer<'/ledger'>>('ledger').items);

/** mail-6 went down at 01:45 and paged: nothing explained it. */
export const REFUSED_LINE: LedgerLine = {
  ...opened,
  at: '2026-03-10T01:46:00.000Z',
  device: 'ninja:6',
  deviceName: 'mail-6',
  windowId: null,
  action: 'refused',
  reason: 'no_evidence',
  text: 'Not muted: nothing says that this device is being patched.',
  until: null,
  downAt: '2026-03-10T01:45:00.000Z',
  evidence: [],
};

export const OPENED_LINE: LedgerLine = opened;

export const windowPage = (...items: PatchWindow[]): WindowPage => ({ items, nextCursor: null });
export const ledgerPage = (...items: LedgerLine[]): Answer<'/ledger'> => ({ items, nextCursor: null });

/** An exporter that answers as its goldens do, with the right time; it takes this user for an administrator. */
export function goldenExporter(): FakeExporter {
  return new FakeExporter()
    .on('GET /status', () => ({ ...golden<object>('status'), now: new Date().toISOString() }))
    .on('GET /compliance', golden('compliance'))
    .on('GET /windows', golden('windows'))
    .on('GET /ledger', golden('ledger'))
    .on('GET /events', golden('events'))
    .on('GET /sources', golden('sources'))
    .on('GET /devices', golden('devices'))
    .on('GET /devices/ninja:1', golden('device'))
    .on('GET /devices/ninja:1/orders', golden('orders'))
    .on('GET /devices/ninja:1/scripts', golden('scripts'))
    .on('GET /devices/ninja:1/explain', golden('explain'))
    .on('GET /checks', golden('checks'));
}
