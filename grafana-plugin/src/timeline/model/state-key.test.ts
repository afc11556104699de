import type { LaneState, StateSpan, TimelineLane } from '../types';
import { stateKeys } from './state-key';

const span = (state: LaneState, text: string, color?: string): StateSpan => ({
  fromMs: 0,
  toMs: 1,
  state,
  text,
  ...(color !== undefined && { color }),
});
const lane = (...spans: StateSpan[]): TimelineLane => ({ ref: {}, label: 'a', series: [{ name: '', spans }] });
const texts = (...lanes: TimelineLane[]) => stateKeys(lanes).map(({ text }) => text);

describe('stateKeys', () => {
  it('tells up, down and no data, whatever occurs', () => {
    expect(texts(lane(span('up', '1')))).toEqual(['Up', 'Down', 'No data']);
    expect(texts()).toEqual(['Up', 'Down', 'No data']);
  });

  it('tells states with words of their own by these, each once and in its colour, and nothing that does not occur', () => {
    const quiet = span('other', 'Quiet', 'blue');
    const lanes = [lane(quiet, span('down', 'Overdue')), lane(quiet, span('other', 'Installing', 'yellow'))];
    expect(stateKeys(lanes)).toEqual([
      { state: 'other', text: 'Quiet', color: 'blue' },
      { state: 'other', text: 'Installing', color: 'yellow' },
      { state: 'down', text: 'Overdue' },
      { state: 'unknown', text: 'No data' },
    ]);
  });

  it('tells eight words at the most', () => {
    const words = Array.from({ length: 12 }, (_unused, index) => span('other', `state ${index}`));
    expect(texts(lane(...words))).toHaveLength(9);
  });
});
