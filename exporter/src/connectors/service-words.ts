import type { ObservedHealth } from '../domain/observed-health.ts';
import type { Counter } from './tally.ts';
import { translate } from './translate.ts';

type State = Pick<ObservedHealth, 'state' | 'word'>;

const good = (word: string): State => ({ state: 'good', word });
const bad = (word: string): State => ({ state: 'bad', word });
const unknown: State = { state: 'unknown', word: 'in an unknown state' };

/** States of Windows' service control manager; a service on its way up does not run yet. */
export const serviceStateWords: Readonly<Record<string, State>> = {
  RUNNING: good('running'),
  STOPPED: bad('stopped'),
  PAUSED: bad('paused'),
  START_PENDING: bad('starting'),
  STOP_PENDING: bad('stopping'),
  PAUSE_PENDING: bad('pausing'),
  CONTINUE_PENDING: bad('resuming'),
  UNKNOWN: unknown,
};

/** A word outside the table is counted, and says nothing; so does a missing one. */
export function stateOf(
  table: Readonly<Record<string, State>>,
  word: string | null | undefined,
  field: string,
  unknownWords: Counter,
): State {
  return translate(table, word, field, unknownWords) ?? unknown;
}
