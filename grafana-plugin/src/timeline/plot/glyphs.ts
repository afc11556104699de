import type { MarkerKind } from '../types';

/** A marker in a box of 16 × 16: an outline that tells the family, a symbol that tells the outcome. */
export interface Glyph {
  readonly shape: string;
  readonly symbol: string;
  /** Drawn as an outline: begun or expected, not done. */
  readonly hollow?: boolean;
  /** A name of Grafana's palette. */
  readonly color: string;
}

const shapes = {
  circle: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z',
  square: 'M3.5 2h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-9a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5z',
  diamond: 'M8 .5l7.5 7.5l-7.5 7.5l-7.5-7.5z',
  octagon: 'M5.2 1.2h5.6l4 4v5.6l-4 4h-5.6l-4-4v-5.6z',
  ticket: 'M1 3.5h14v3a1.5 1.5 0 0 0 0 3v3h-14v-3a1.5 1.5 0 0 0 0-3z',
  flag: 'M3 1h10.5l-3 3.8l3 3.7h-9v6.5h-1.5z',
};

const symbols = {
  check: 'M5 8.3l2.1 2.1l4-4.6',
  cross: 'M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8',
  bang: 'M8 4.4v4.4m0 2.2v.6',
  around: 'M11 8a3 3 0 1 1-.9-2.2m.2-1.8v2h-2',
  clock: 'M8 4.8v3.4l2.2 1.4',
  arrow: 'M8 4.6v6.2m-2.5-2.5l2.5 2.5l2.5-2.5',
  lines: 'M4.5 6.9h7m-7 2.3h4.6',
  none: '',
};

export const glyphs: Readonly<Record<MarkerKind, Glyph>> = {
  page: { shape: shapes.octagon, symbol: symbols.bang, color: 'red' },
  'verification-failed': { shape: shapes.circle, symbol: symbols.cross, color: 'red' },
  'install-failed': { shape: shapes.square, symbol: symbols.cross, color: 'orange' },
  'gate-failed': { shape: shapes.diamond, symbol: symbols.cross, color: 'orange' },
  reboot: { shape: shapes.circle, symbol: symbols.around, color: 'purple' },
  'reboot-pending': { shape: shapes.circle, symbol: symbols.clock, color: 'yellow', hollow: true },
  'install-started': { shape: shapes.square, symbol: symbols.arrow, color: 'blue', hollow: true },
  installed: { shape: shapes.square, symbol: symbols.check, color: 'blue' },
  'verification-passed': { shape: shapes.circle, symbol: symbols.check, color: 'green' },
  'gate-passed': { shape: shapes.diamond, symbol: symbols.check, color: 'green' },
  ticket: { shape: shapes.ticket, symbol: symbols.lines, color: 'super-light-blue' },
  note: { shape: shapes.flag, symbol: symbols.none, color: 'text' },
};
