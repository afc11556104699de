import type { GrafanaTheme2 } from '@grafana/data';
import { type LaneState, type MarkerKind, markerKinds, type StateSpan, type WindowKind } from '../types';
import { glyphs } from './glyphs';

/** Colours of the theme by what they stand for. No meaning hangs on colour alone: shapes and words repeat it. */
export interface Palette {
  readonly states: Readonly<Record<LaneState, string>>;
  readonly windows: Readonly<Record<WindowKind, string>>;
  readonly markers: Readonly<Record<MarkerKind, string>>;
  readonly background: string;
  readonly stripe: string;
  readonly line: string;
  readonly text: string;
  readonly faint: string;
  readonly fontFamily: string;
  readonly contrast: (color: string) => string;
}

export function paletteOf(theme: GrafanaTheme2): Palette {
  const named = (name: string) =>
    name === 'text' ? theme.colors.text.secondary : theme.visualization.getColorByName(name);
  const markers = Object.fromEntries(markerKinds.map((kind) => [kind, named(glyphs[kind].color)]));
  return {
    states: {
      up: named('green'),
      down: named('red'),
      degraded: named('orange'),
      other: named('blue'),
      unknown: theme.colors.text.disabled,
    },
    windows: { quiet: named('purple'), maintenance: named('blue'), planned: theme.colors.text.secondary },
    markers: markers as Record<MarkerKind, string>,
    background: theme.colors.background.primary,
    stripe: theme.colors.background.secondary,
    line: theme.colors.border.weak,
    text: theme.colors.text.primary,
    faint: theme.colors.text.secondary,
    fontFamily: theme.typography.fontFamily,
    contrast: (color) => theme.colors.getContrastText(color, 3),
  };
}

/** What means up or down looks so whatever the data wishes; other states have the colour of their value mapping. */
export function stateColor({ state, color }: Pick<StateSpan, 'state' | 'color'>, { states }: Palette): string {
  return state === 'up' || state === 'down' ? states[state] : (color ?? states[state]);
}
