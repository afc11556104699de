import { type Ref, useCallback, useEffect, useRef, useState } from 'react';
import { nodeHeight, nodeWidth, type Placed } from './layout';
import { maxZoom, minZoom, revealing, type Viewport, zoomed } from './viewport';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ViewportHandle {
  readonly frame: Ref<HTMLDivElement>;
  readonly view: Viewport;
  /** Pixels. */
  readonly size: Size;
  readonly zoom: (factor: number) => void;
  /** Zooms out as far as it takes to see all of these. */
  readonly fitTo: (placed: readonly Placed[]) => void;
  readonly reveal: (item: Placed) => void;
  readonly drag: {
    readonly onPointerDown: (event: React.PointerEvent<SVGSVGElement>) => void;
    readonly onPointerMove: (event: React.PointerEvent<SVGSVGElement>) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
  };
}

/** Drawing units left of the first box. */
export const air = 24;

const start: Viewport = { x: -air, y: -48, zoom: 1 };

/** What of the drawing is seen: moved by dragging, zoomed by keys, buttons, and Ctrl with the wheel. */
export function useViewport(): ViewportHandle {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(start);
  const [size, setSize] = useState<Size>({ width: 900, height: 560 });
  useEffect(() => {
    const element = frame.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) {
        setSize({ width: element.clientWidth, height: element.clientHeight });
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const zoom = useCallback(
    (factor: number) => setView((before) => zoomed(before, factor, size.width, size.height)),
    [size],
  );
  useEffect(() => {
    const element = frame.current;
    // React's own listener is passive: it could not keep the browser from zooming the whole page.
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(event.deltaY < 0 ? 1.15 : 0.87);
      }
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [zoom]);
  const fitTo = useCallback(
    (placed: readonly Placed[]) => {
      const right = placed.reduce((most, { x }) => Math.max(most, x), 0) + nodeWidth + 2 * air;
      const bottom = placed.reduce((most, { y }) => Math.max(most, y), 0) + nodeHeight + 96;
      const factor = Math.min(size.width / right, size.height / bottom, 1);
      setView({ x: start.x, y: start.y, zoom: Math.min(maxZoom, Math.max(minZoom, factor)) });
    },
    [size],
  );
  const reveal = useCallback(
    ({ x, y }: Placed) =>
      setView((before) => revealing(before, { x, y, width: nodeWidth, height: nodeHeight }, size.width, size.height)),
    [size],
  );
  const [grabbed, setGrabbed] = useState<{ x: number; y: number }>();
  const release = () => setGrabbed(undefined);
  return {
    frame,
    view,
    size,
    zoom,
    fitTo,
    reveal,
    drag: {
      onPointerDown: ({ clientX, clientY }) => setGrabbed({ x: clientX, y: clientY }),
      onPointerMove: ({ clientX, clientY }) => {
        if (grabbed === undefined) {
          return;
        }
        const [dx, dy] = [clientX - grabbed.x, clientY - grabbed.y];
        setView((before) => ({ ...before, x: before.x - dx / before.zoom, y: before.y - dy / before.zoom }));
        setGrabbed({ x: clientX, y: clientY });
      },
      onPointerUp: release,
      onPointerLeave: release,
    },
  };
}
