import React from 'react';
import { useTheme2 } from '@grafana/ui';
import { isWindowKind } from '../model/kinds';
import { glyphs } from '../plot/glyphs';
import { paletteOf } from '../plot/palette';
import type { MarkerKind, TimelineKind, WindowKind } from '../types';

interface Props {
  readonly kind: TimelineKind;
  readonly sizePx?: number;
}

const dashes: Readonly<Record<WindowKind, string | undefined>> = {
  quiet: undefined,
  maintenance: '4 2',
  planned: '1.5 2',
};

/** The sign of a kind, as it is drawn on the lanes. Says nothing to screen readers: a word stands beside it. */
export function KindGlyph({ kind, sizePx = 16 }: Props): React.JSX.Element {
  const palette = paletteOf(useTheme2());
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 16 16" aria-hidden="true" style={{ flexShrink: 0 }}>
      {isWindowKind(kind) ? (
        <WindowSign kind={kind} color={palette.windows[kind]} />
      ) : (
        <MarkerSign kind={kind} color={palette.markers[kind]} paper={palette.background} ink={palette.contrast} />
      )}
    </svg>
  );
}

interface MarkerProps {
  readonly kind: MarkerKind;
  readonly color: string;
  readonly paper: string;
  readonly ink: (color: string) => string;
}

function MarkerSign({ kind, color, paper, ink }: MarkerProps) {
  const { shape, symbol, hollow } = glyphs[kind];
  return (
    <>
      <path d={shape} fill={hollow ? paper : color} stroke={hollow ? color : 'none'} strokeWidth={1.6} />
      <path d={symbol} fill="none" stroke={hollow ? color : ink(color)} strokeWidth={1.8} strokeLinecap="round" />
    </>
  );
}

function WindowSign({ kind, color }: { readonly kind: WindowKind; readonly color: string }) {
  const lean = kind === 'quiet' ? 'M1 9L6 3M1 14L12 3M8 13L15 6' : 'M2 3L12 13M8 3L15 10M1 8L6 13';
  return (
    <>
      <rect
        x={1}
        y={3}
        width={14}
        height={10}
        fill="none"
        stroke={color}
        strokeWidth={1.4}
        strokeDasharray={dashes[kind]}
      />
      {kind !== 'planned' && <path d={lean} stroke={color} strokeOpacity={0.5} strokeWidth={1} />}
    </>
  );
}
