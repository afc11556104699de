import {
  PrometheusError,
  type PrometheusAlert,
  type PrometheusClient,
  type VectorSample,
} from '../../../exporter/src/watcher/prometheus-client.ts';
import type { LabelSet } from '../promql/labels.ts';
import type { World } from '../world/world.ts';

/** The exporter's view of the virtual Prometheus; like the real one it does not answer while it is down. */
export function createWorldClient(world: World): PrometheusClient {
  const down = (): Promise<never> => Promise.reject(new PrometheusError('unavailable', 'Prometheus is down'));
  return {
    name: 'world',
    organizationLabel: 'organization',
    alerts() {
      if (!world.isPrometheusRunning) return down();
      return Promise.resolve(
        world.activeAlerts().map(({ labels, state, activeAtMs }): PrometheusAlert => ({
          ...described(labels),
          state,
          activeAt: activeAtMs / 1000,
        })),
      );
    },
    query(expression) {
      const vector = world.query(expression);
      if (vector === undefined) return down();
      const at = world.nowMs / 1000;
      return Promise.resolve(vector.map(({ labels, value }): VectorSample => ({ ...described(labels), at, value })));
    },
    targets: () => Promise.reject(new Error('identities are given in the model')),
  };
}

const known = new WeakMap<LabelSet, { organization?: string; labels: Readonly<Record<string, string>> }>();

function described(labels: LabelSet): { organization?: string; labels: Readonly<Record<string, string>> } {
  const hit = known.get(labels);
  if (hit !== undefined) return hit;
  const organization = labels.get('organization');
  const fresh = { labels: labels.toRecord(), ...(organization === '' ? {} : { organization }) };
  known.set(labels, fresh);
  return fresh;
}
