import type { LaneSeries, LaneState, StateSpan } from '../types';

const worstFirst: readonly LaneState[] = ['down', 'degraded', 'other', 'up', 'unknown'];

/** One series that shows the worst of all at each moment; what only some know is taken from them. */
export function mergeWorst(series: readonly LaneSeries[]): readonly StateSpan[] {
  const edges = [...new Set(series.flatMap(({ spans }) => spans.flatMap((span) => [span.fromMs, span.toMs])))];
  edges.sort((a, b) => a - b);
  const cursors = series.map(() => 0);
  const merged: StateSpan[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const fromMs = edges[i] ?? 0;
    const toMs = edges[i + 1] ?? 0;
    const covering = series.flatMap(({ spans }, index) => {
      let at = cursors[index] ?? 0;
      while ((spans[at]?.toMs ?? Infinity) <= fromMs) {
        at++;
      }
      cursors[index] = at;
      const span = spans[at];
      return span && span.fromMs <= fromMs ? [span] : [];
    });
    const worst = covering.sort((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state))[0];
    const last = merged[merged.length - 1];
    if (worst && last && last.toMs === fromMs && last.state === worst.state && last.text === worst.text) {
      merged[merged.length - 1] = { ...last, toMs };
    } else if (worst) {
      merged.push({ ...worst, fromMs, toMs });
    }
  }
  return merged;
}
