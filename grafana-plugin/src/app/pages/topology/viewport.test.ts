import { maxZoom, minZoom, revealing, zoomed } from './viewport';

const view = { x: 0, y: 0, zoom: 1 };

describe('zoomed', () => {
  it('keeps the middle where it is', () => {
    expect(zoomed(view, 2, 400, 200)).toEqual({ x: 100, y: 50, zoom: 2 });
  });

  it('stays within its limits', () => {
    expect(zoomed(view, 1000, 400, 200).zoom).toBe(maxZoom);
    expect(zoomed(view, 0.0001, 400, 200).zoom).toBe(minZoom);
  });
});

describe('revealing', () => {
  const box = { x: 500, y: 20, width: 100, height: 40 };
  it('moves just far enough', () => {
    expect(revealing(view, box, 400, 200)).toEqual({ x: 216, y: 0, zoom: 1 });
  });
  it('leaves a view alone that shows the box already', () => {
    expect(revealing(view, { ...box, x: 100 }, 400, 200)).toBe(view);
  });
});
