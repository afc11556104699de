import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { axisHeightPx, visibleRows } from './model/geometry';
import type { Scene } from './model/scene';
import { isWalkKey, type Place, walk } from './model/walk';

interface LaneKeys {
  readonly scrollRef: { current: HTMLDivElement | null };
  readonly onScroll: (scrollTopPx: number) => void;
  readonly rowIndexes: readonly number[];
  readonly place: Place | undefined;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLDivElement>) => void;
}

/** Rows kept in the DOM beyond the edges, and how far scrolling goes before they are looked at again. */
const extraRows = 6;
const stepRows = 4;

/** Which rows are in the DOM, and the walk through them by keyboard. */
export function useLaneKeys(scene: Scene, heightPx: number): LaneKeys {
  const scrollRef = useRef<HTMLDivElement | null>(null);
  const moved = useRef(false);
  const [topRow, setTopRow] = useState(0);
  const [chosen, setChosen] = useState<Place>();
  const lanePx = scene.shape.heightPx;
  const viewPx = Math.max(0, heightPx - axisHeightPx);
  const place = useMemo(() => existing(scene, chosen), [scene, chosen]);
  const placeRow = useMemo(() => scene.rows.findIndex((row) => row.key === place?.rowKey), [scene, place]);

  const rowIndexes = useMemo(() => {
    const { start, end } = visibleRows(topRow * lanePx, viewPx, lanePx, scene.rows.length, extraRows);
    const indexes = Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset);
    return placeRow >= 0 && (placeRow < start || placeRow >= end) ? [...indexes, placeRow] : indexes;
  }, [topRow, lanePx, viewPx, scene, placeRow]);

  const onScroll = useCallback(
    (scrollTopPx: number) => setTopRow(Math.floor(scrollTopPx / lanePx / stepRows) * stepRows),
    [lanePx],
  );

  const onKeyDown = useCallback(
    (event: React.KeyboardEvent<HTMLDivElement>) => {
      if (!place || !isWalkKey(event.key) || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      event.preventDefault();
      moved.current = true;
      setChosen(walk(scene, place, event.key, Math.max(1, Math.floor(viewPx / lanePx) - 1)));
    },
    [scene, place, viewPx, lanePx],
  );

  useLayoutEffect(() => {
    const scroller = scrollRef.current;
    if (!moved.current || !scroller || !place || placeRow < 0) {
      return;
    }
    moved.current = false;
    const topPx = placeRow * lanePx;
    if (topPx < scroller.scrollTop) {
      scroller.scrollTop = topPx;
    } else if (topPx + lanePx > scroller.scrollTop + viewPx) {
      scroller.scrollTop = topPx + lanePx - viewPx;
    }
    const row = [...scroller.querySelectorAll<HTMLElement>('[data-row]')].find(
      (el) => el.dataset['row'] === place.rowKey,
    );
    const name = place.clusterId ?? 'name';
    const target = [...(row?.querySelectorAll<HTMLElement>('[data-place]') ?? [])].find(
      (el) => el.dataset['place'] === name,
    );
    target?.focus({ preventScroll: true });
  }, [place, placeRow, lanePx, viewPx]);

  return { scrollRef, onScroll, rowIndexes, place, onKeyDown };
}

/** The chosen place, or what is left of it when its marker or lane is gone. */
function existing(scene: Scene, chosen: Place | undefined): Place | undefined {
  const row = scene.rows.find(({ key }) => key === chosen?.rowKey);
  if (!row) {
    const [first] = scene.rows;
    return first && { rowKey: first.key };
  }
  const there = scene.clustersOf(row).some(({ id }) => id === chosen?.clusterId);
  return there && chosen ? chosen : { rowKey: row.key };
}
