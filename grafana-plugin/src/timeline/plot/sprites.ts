import { type MarkerKind } from '../types';
import { glyphs } from './glyphs';
import type { Palette } from './palette';

/** Markers drawn once and copied from then on. */
export class Sprites {
  private readonly images = new Map<MarkerKind, HTMLCanvasElement>();

  constructor(
    private readonly palette: Palette,
    /** Size in canvas pixels. */
    readonly sizePx: number,
  ) {}

  of(kind: MarkerKind): HTMLCanvasElement {
    const known = this.images.get(kind);
    if (known) {
      return known;
    }
    const image = document.createElement('canvas');
    image.width = this.sizePx;
    image.height = this.sizePx;
    const ctx = image.getContext('2d');
    if (ctx) {
      ctx.scale(this.sizePx / 16, this.sizePx / 16);
      paintGlyph(ctx, kind, this.palette);
    }
    this.images.set(kind, image);
    return image;
  }
}

function paintGlyph(ctx: CanvasRenderingContext2D, kind: MarkerKind, palette: Palette): void {
  const { shape, symbol, hollow } = glyphs[kind];
  const color = palette.markers[kind];
  const outline = new Path2D(shape);
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  ctx.fillStyle = hollow ? palette.background : color;
  ctx.fill(outline);
  if (hollow) {
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = color;
    ctx.stroke(outline);
  }
  if (symbol) {
    ctx.lineWidth = 1.8;
    ctx.strokeStyle = hollow ? color : palette.contrast(color);
    ctx.stroke(new Path2D(symbol));
  }
}
