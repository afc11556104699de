import type { Cluster } from './cluster';
import type { Scene } from './scene';

/** Where the keyboard stands: a lane, on its name (no cluster) or on one of its markers. */
export interface Place {
  readonly rowKey: string;
  readonly clusterId?: string;
}

export const walkKeys = [
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
] as const;
export type WalkKey = (typeof walkKeys)[number];

export function isWalkKey(key: string): key is WalkKey {
  return (walkKeys as readonly string[]).includes(key);
}

/**
 * Where a key leads: left and right along a lane, up and down to the marker nearest in time, or to the lane's name where
 * it has none. The ends are ends: nothing wraps.
 */
export function walk(scene: Scene, place: Place, key: WalkKey, pageRows: number): Place {
  const rowIndex = scene.rows.findIndex((row) => row.key === place.rowKey);
  const row = scene.rows[rowIndex];
  if (!row) {
    return { rowKey: scene.rows[0]?.key ?? place.rowKey };
  }
  const clusters = scene.clustersOf(row);
  const at = clusters.findIndex((cluster) => cluster.id === place.clusterId);
  const stay = (cluster: Cluster | undefined): Place =>
    cluster ? { rowKey: row.key, clusterId: cluster.id } : { rowKey: row.key };
  switch (key) {
    case 'ArrowLeft':
      return stay(clusters[at - 1]);
    case 'ArrowRight':
      return stay(clusters[Math.min(at + 1, clusters.length - 1)]);
    case 'Home':
      return stay(undefined);
    case 'End':
      return stay(clusters[clusters.length - 1]);
    case 'ArrowUp':
      return inRow(scene, rowIndex - 1, clusters[at]);
    case 'ArrowDown':
      return inRow(scene, rowIndex + 1, clusters[at]);
    case 'PageUp':
      return inRow(scene, rowIndex - pageRows, clusters[at]);
    case 'PageDown':
      return inRow(scene, rowIndex + pageRows, clusters[at]);
  }
}

function inRow(scene: Scene, rowIndex: number, from: Cluster | undefined): Place {
  const row = scene.rows[Math.min(Math.max(rowIndex, 0), scene.rows.length - 1)];
  if (!row || !from) {
    return { rowKey: row?.key ?? '' };
  }
  let nearest: Cluster | undefined;
  for (const cluster of scene.clustersOf(row)) {
    const away = Math.abs(cluster.fromMs - from.fromMs);
    if (nearest === undefined || away < Math.abs(nearest.fromMs - from.fromMs)) {
      nearest = cluster;
    }
  }
  return nearest ? { rowKey: row.key, clusterId: nearest.id } : { rowKey: row.key };
}
