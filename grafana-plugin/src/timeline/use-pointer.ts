import { useCallback, useMemo, useRef, useState } from 'react';
import type { Anchor } from './components/Card';
import type { Hit, Scene } from './model/scene';
import type { PlotPoint } from './plot/PlotHooks';
import type { TimeSpan } from './types';

interface Pinned {
  readonly rowKey: string;
  readonly atMs: number;
  readonly clusterId?: string;
  readonly anchor: Anchor;
}

interface Pointer {
  readonly hit: Hit | undefined;
  readonly pinned: boolean;
  readonly anchor: Anchor;
  readonly onHover: (point: PlotPoint | undefined) => void;
  readonly onPin: (point: PlotPoint) => void;
  readonly onPinMarker: (rowIndex: number, clusterId: string, element: HTMLElement) => void;
  readonly onClose: () => void;
  readonly onZoom: (range: TimeSpan) => void;
}

const nowhere: Anchor = { clientX: 0, clientY: 0 };

/** What the pointer is over, or what a click or the enter key pinned. A pinned card follows its lane through new data. */
export function usePointer(scene: Scene, onChangeTimeRange?: (range: TimeSpan) => void): Pointer {
  const [point, setPoint] = useState<PlotPoint>();
  const [pin, setPin] = useState<Pinned>();
  const returnTo = useRef<HTMLElement | null>(null);

  const hit = useMemo(() => {
    if (pin) {
      return hitOfPin(scene, pin);
    }
    return point && scene.hitTest(point.xPx, point.yPx);
  }, [scene, point, pin]);

  const onPin = useCallback(
    (at: PlotPoint) => {
      const found = scene.hitTest(at.xPx, at.yPx);
      returnTo.current = null;
      setPin(found && { rowKey: found.row.key, atMs: found.atMs, clusterId: found.cluster?.id, anchor: at });
    },
    [scene],
  );
  const onPinMarker = useCallback(
    (rowIndex: number, clusterId: string, element: HTMLElement) => {
      const row = scene.rows[rowIndex];
      const cluster = row && scene.clustersOf(row).find(({ id }) => id === clusterId);
      const { left, bottom } = element.getBoundingClientRect();
      returnTo.current = element;
      setPin(
        row &&
          cluster && { rowKey: row.key, atMs: cluster.fromMs, clusterId, anchor: { clientX: left, clientY: bottom } },
      );
    },
    [scene],
  );
  const onClose = useCallback(() => {
    setPin(undefined);
    setPoint(undefined);
    returnTo.current?.focus();
    returnTo.current = null;
  }, []);
  const onZoom = useCallback(
    (range: TimeSpan) => {
      onClose();
      onChangeTimeRange?.(range);
    },
    [onClose, onChangeTimeRange],
  );
  const pinned = pin !== undefined && hit !== undefined;
  return {
    hit,
    pinned,
    anchor: pin?.anchor ?? point ?? nowhere,
    onHover: setPoint,
    onPin,
    onPinMarker,
    onClose,
    onZoom,
  };
}

function hitOfPin(scene: Scene, pin: Pinned): Hit | undefined {
  const rowIndex = scene.rows.findIndex((row) => row.key === pin.rowKey);
  const row = scene.rows[rowIndex];
  if (!row) {
    return undefined;
  }
  const cluster = scene.clustersOf(row).find(({ id }) => id === pin.clusterId);
  return scene.inspect(row, rowIndex, pin.atMs, cluster);
}
