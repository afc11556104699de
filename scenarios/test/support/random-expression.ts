import fc from 'fast-check';

const METRICS = ['a', 'b', 'c'];
const MATCHERS = [
  '',
  '{job="n"}',
  '{job!="n"}',
  '{job=~"n|w"}',
  '{job!~"w.*"}',
  '{site=""}',
  '{instance=~"x|y",job="w"}',
];
const RANGES = ['15s', '1m', '2m30s', '5m', '10m'];
const OFFSETS = ['', '', '', ' offset 15s', ' offset 1m', ' offset 45s'];
const OVER_TIME = 'last_over_time max_over_time min_over_time avg_over_time sum_over_time count_over_time increase rate'
  .split(' ')
  .concat('present_over_time', 'changes', 'absent_over_time');
const MATCHING = ['', 'on (instance, job)', 'on (instance)', 'ignoring (site)', 'on ()'];
const GROUPED = ['on (instance) group_left ()', 'on (instance) group_right ()', 'on (instance, job) group_left (site)'];
const COMPARISONS = ['==', '!=', '>', '<', '>=', '<='];
const ARITHMETIC = ['+', '-', '*', '/', '%', '^'];
const GROUPING = ['by (instance)', 'by (job, site)', 'without (instance)', 'by ()', 'without ()'];

const pick = (texts: readonly string[]) => fc.constantFrom(...texts);

const selector = fc.tuple(pick(METRICS), pick(MATCHERS)).map((parts) => parts.join(''));
const instant = fc.tuple(selector, pick(OFFSETS)).map((parts) => parts.join(''));
const overTime = fc
  .tuple(pick(OVER_TIME), selector, pick(RANGES), pick(OFFSETS))
  .map(([name, from, range, offset]) => `${name}(${from}[${range}]${offset})`);
const scalar = pick(['0', '1', '2.5', '-3', 'time()', 'time() - 120', 'scalar(a{instance="x",job="n"})', '1 + 2 * 3']);

/** Random instant-vector expressions over the metrics a, b and c with labels instance, job and site. */
export const randomExpression: fc.Arbitrary<string> = fc.letrec<{ vector: string }>((tie) => {
  const vector = tie('vector');
  const wrap = (operation: string) => `(${operation})`;
  return {
    vector: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 3, arbitrary: instant },
      { weight: 3, arbitrary: overTime },
      {
        weight: 3,
        arbitrary: fc
          .tuple(vector, pick(['and', 'or', 'unless']), pick(MATCHING), vector)
          .map((parts) => wrap(parts.join(' '))),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(vector, pick([...COMPARISONS, ...ARITHMETIC]), pick([...MATCHING, ...GROUPED]), vector)
          .map((parts) => wrap(parts.join(' '))),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(vector, pick([...COMPARISONS, ...COMPARISONS.map((operator) => `${operator} bool`)]), scalar)
          .map((parts) => wrap(parts.join(' '))),
      },
      { weight: 2, arbitrary: fc.tuple(scalar, pick(ARITHMETIC), vector).map((parts) => wrap(parts.join(' '))) },
      { weight: 1, arbitrary: fc.tuple(scalar, pick(COMPARISONS), vector).map((parts) => wrap(parts.join(' '))) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(pick(['max', 'min', 'sum', 'count', 'avg', 'group']), pick(GROUPING), vector)
          .map(([operator, grouping, argument]) => `${operator} ${grouping} (${argument})`),
      },
      { weight: 1, arbitrary: vector.map((argument) => `-${argument}`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(pick(['abs', 'timestamp', 'absent']), vector)
          .map(([name, argument]) => `${name}(${argument})`),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(pick(['clamp_min', 'clamp_max']), vector, pick(['0', '2']))
          .map(([name, argument, bound]) => `${name}(${argument}, ${bound})`),
      },
      { weight: 1, arbitrary: vector.map((v) => `label_replace(${v}, "site", "$1-s", "job", "(n|w).*")`) },
      { weight: 1, arbitrary: scalar.map((value) => `vector(${value})`) },
    ),
  };
}).vector;
