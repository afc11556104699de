import React from 'react';
import { useTheme2 } from '@grafana/ui';
import { stateHeights } from '../model/geometry';
import { paletteOf, stateColor } from '../plot/palette';
import type { StateSpan } from '../types';

const sidePx = 12;

/** A piece of a lane's strip, as high and in the colour it is drawn there. */
export function Swatch({ span }: { readonly span: Pick<StateSpan, 'state' | 'color'> }): React.JSX.Element {
  const palette = paletteOf(useTheme2());
  if (span.state === 'unknown') {
    return (
      <svg width={sidePx} height={sidePx} aria-hidden="true">
        <path d={`M0 ${sidePx - 0.5}h${sidePx}`} stroke={palette.states.unknown} strokeDasharray="1 3" />
      </svg>
    );
  }
  const heightPx = Math.round((sidePx - 1) * stateHeights[span.state]);
  return (
    <svg width={sidePx} height={sidePx} aria-hidden="true">
      <rect x={0} y={sidePx - heightPx} width={sidePx} height={heightPx} fill={stateColor(span, palette)} />
    </svg>
  );
}
