/** What of the drawing is seen: its top left corner in drawing units, and how large a unit is in pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const minZoom = 0.2;
export const maxZoom = 2;

/** Zooms about the middle of what is seen, which stays where it is. */
export function zoomed(view: Viewport, factor: number, widthPx: number, heightPx: number): Viewport {
  const zoom = Math.min(maxZoom, Math.max(minZoom, view.zoom * factor));
  const keep = (start: number, px: number) => start + px / view.zoom / 2 - px / zoom / 2;
  return { x: keep(view.x, widthPx), y: keep(view.y, heightPx), zoom };
}

/** The smallest move that brings a box into view, with some air. */
export function revealing(
  view: Viewport,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  widthPx: number,
  heightPx: number,
): Viewport {
  const air = 16;
  const move = (start: number, seen: number, from: number, size: number) => {
    if (from - air < start) {
      return from - air;
    }
    return from + size + air > start + seen ? from + size + air - seen : start;
  };
  const x = move(view.x, widthPx / view.zoom, box.x, box.width);
  const y = move(view.y, heightPx / view.zoom, box.y, box.height);
  return x === view.x && y === view.y ? view : { ...view, x, y };
}
