import type { LaneState, StateSpan, TimelineLane } from '../types';
import { stateLabels, stateText } from './describe';

/** An entry of the legend that says what a strip's look means. */
export interface StateKey extends Pick<StateSpan, 'state' | 'color'> {
  readonly text: string;
}

const order: readonly LaneState[] = ['up', 'other', 'degraded', 'down', 'unknown'];
/** More words than this are told by the card alone. */
const mostWords = 8;

/** The states that occur, from good to bad. A state has the word of the data where there is one, else what it means. */
export function stateKeys(lanes: readonly TimelineLane[]): readonly StateKey[] {
  const keys = new Map<string, StateKey>();
  for (const { series } of lanes) {
    for (const { spans } of series) {
      for (const span of spans) {
        const text = stateText(span);
        const id = `${span.state} ${text}`;
        if (!keys.has(id)) {
          keys.set(id, { state: span.state, text, ...(span.color !== undefined && { color: span.color }) });
        }
      }
    }
  }
  const found = [...keys.values()];
  const states = order.flatMap((state) => found.filter((key) => key.state === state).slice(0, mostWords));
  const usual: readonly StateKey[] = found.some(({ state }) => state === 'other')
    ? []
    : (['up', 'down'] as const)
        .filter((state) => !found.some((key) => key.state === state))
        .map((state) => ({ state, text: stateLabels[state] }));
  return [...usual, ...states, { state: 'unknown' as const, text: stateLabels.unknown }].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
  );
}
