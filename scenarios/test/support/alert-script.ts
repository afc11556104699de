import fc from 'fast-check';

/** The cast: two alerts of one group that opted in to inhibition, one of another group, and what inhibits them. */
export type Actor = 'target' | 'neighbour' | 'loner' | 'source';
export type Verb = 'fire' | 'fire old' | 'resolve';

/** One post. `old` = it has been firing for longer than group_wait when Alertmanager first hears of it. */
export interface Action {
  readonly atMs: number;
  readonly verb: Verb;
  readonly actor: Actor;
}

export interface Script {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** With group_wait 300 ms and group_interval 1 s, posts on the beat are 300 ms or more away from any flush … */
export const BEAT_MS = 1_000;
/** … and so are those of old alerts, which set the rhythm of their group themselves. */
const OLD_SHIFT_MS = 650;
export const BEATS = 9;

export const NAMED_SCRIPTS: readonly Script[] = [
  script('plain outage', '0 fire target', '4 resolve target'),
  script('inhibited alert that resolves', '0 fire source', '1 fire target', '4 resolve target', '6 resolve source'),
  script('announced, muted, then resolved while muted', '0 fire target', '2 fire source', '4 resolve target'),
  script(
    'announced, muted, resolved, told again after the mute',
    ...['0 fire target', '2 fire source'],
    ...['3 resolve target', '5 resolve source', '6 resolve target'],
  ),
  script(
    'never announced, resolves inside its group',
    '0 fire target',
    '1 fire neighbour',
    '1 resolve neighbour',
    ...['5 resolve target'],
  ),
  script(
    'inhibited member makes its group flushed',
    ...['0 fire source', '1 fire target', '3 fire old neighbour'],
    ...['6 resolve neighbour'],
  ),
  script('released from inhibition', '0 fire source', '1 fire target', '4 resolve source', '7 resolve target'),
  script('old alert does not wait again', '0 fire old target', '3 resolve target'),
  script('source of an old alert comes late', '0 fire old target', '1 fire source', '4 resolve target'),
  script('source of an old alert comes first', '0 fire source', '0 fire old target', '4 resolve target'),
  script('resolved before the first flush', '0 fire target', '0 resolve target', '3 fire target', '5 resolve target'),
];

export const randomScript: fc.Arbitrary<readonly Action[]> = fc
  .array(
    fc.record({
      beat: fc.nat({ max: BEATS - 2 }),
      verb: fc.constantFrom<Verb>('fire', 'fire', 'fire old', 'resolve', 'resolve'),
      actor: fc.constantFrom<Actor>('target', 'neighbour', 'loner', 'source'),
    }),
    { minLength: 4, maxLength: 9 },
  )
  .map((steps) =>
    steps
      .sort((left, right) => left.beat - right.beat)
      .map(({ beat, verb, actor }, index, sorted): Action => {
        const isFirstOfGroup = !sorted.slice(0, index).some((earlier) => groupOf(earlier.actor) === groupOf(actor));
        return action(beat, verb === 'fire old' && !isFirstOfGroup ? 'fire' : verb, actor);
      }),
  )
  .map((actions) => [...actions].sort((left, right) => left.atMs - right.atMs));

function groupOf(actor: Actor): Actor {
  return actor === 'neighbour' ? 'target' : actor;
}

function action(beat: number, verb: Verb, actor: Actor): Action {
  return { atMs: beat * BEAT_MS + (verb === 'fire old' ? OLD_SHIFT_MS : 0), verb, actor };
}

function script(name: string, ...lines: string[]): Script {
  return { name, actions: lines.map(toAction) };
}

function toAction(line: string): Action {
  const words = line.split(' ');
  const actor = words.at(-1) as Actor;
  return action(Number(words[0]), words.slice(1, -1).join(' ') as Verb, actor);
}
