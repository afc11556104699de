import { ExporterError } from '../../shared/api/exporter-error';
import type { Caller } from '../context/CallerContext';
import { permissionOf } from './permission';

const known = (role: 'viewer' | 'reporter' | 'operator' | 'admin'): Caller => ({
  status: 'ready',
  atMs: 0,
  data: {
    version: '1.0.0',
    now: '2026-03-10T02:00:00.000Z',
    watcher: { lastSuccessAt: null, intervalSeconds: 5 },
    prometheus: [],
    caller: { actor: 'token:grafana user:alice', role, tokenRole: 'viewer', organizations: 'all' },
  },
});

describe('permissionOf', () => {
  it.each(['Editor', 'Admin'])('lets %s act whom the exporter calls operator or admin', (role) => {
    expect(permissionOf(role, known('operator'))).toEqual({ canOperate: true });
    expect(permissionOf(role, known('admin'))).toEqual({ canOperate: true });
  });

  it.each(['Viewer', 'None', ''])('lets nobody act as %s, whatever the exporter says', (role) => {
    expect(permissionOf(role, known('admin'))).toMatchObject({
      canOperate: false,
      why: expect.stringContaining('Editor or Admin'),
    });
  });

  it('lets nobody act whom the exporter calls viewer or reporter, and says who sets it', () => {
    for (const role of ['viewer', 'reporter'] as const) {
      expect(permissionOf('Admin', known(role)).why).toContain(`(token:grafana user:alice) the role ${role}`);
    }
  });

  it('lets nobody act while it is not known', () => {
    expect(permissionOf('Admin', { status: 'loading' })).toEqual({ canOperate: false });
    const error = new ExporterError(503, 'It is down.');
    expect(permissionOf('Admin', { status: 'error', error }).why).toContain('It is down.');
  });
});
