/** Numbers in [0, 1) that are the same for the same seed (mulberry32), so that a failure can be played again. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

const deep = nested(400);
const huge = 'A'.repeat(20_000);

/**
 * What a broken vendor sends in place of a value. No entry is a time between 2000 and 2100, and none is the id of
 * anything, so whatever a connector believes of them is a fault.
 */
const garbage: readonly unknown[] = [
  null,
  '',
  ' ',
  huge,
  deep,
  [],
  {},
  [null],
  [[]],
  { $ref: '#' },
  true,
  false,
  'true',
  0,
  -0,
  -1,
  0.1,
  1e308,
  -1e12,
  2 ** 53 + 2,
  60_000.25,
  '0',
  '-1',
  'null',
  'NaN',
  'undefined',
  '[object Object]',
  '__proto__',
  'constructor',
  '0001-01-01T00:00:00',
  '0001-01-01T00:00:00Z',
  '1899-12-30T00:00:00',
  '1999-12-31T23:59:59Z',
  '2026-13-45T99:99:99Z',
  '2026-02-30T12:00:00',
  '2026-08-11',
  '99 99 9999 99:99',
  '02 30 2026 12:00',
  'yesterday',
  '2026-08-11T13:04:31+99:99',
  '\u0000\ud800',
];

type Path = readonly (string | number)[];

/** One to three spots of a JSON value spoiled: types flipped, keys gone, values swapped for garbage. Not in place. */
export function mutate(body: unknown, random: () => number): unknown {
  let mutated: unknown = structuredClone(body);
  const spots = 1 + Math.floor(random() * 3);
  for (let i = 0; i < spots; i += 1) mutated = spoil(mutated, pickPath(mutated, random), random);
  return mutated;
}

/** A random walk down the value; it stops early now and then, so that whole objects are hit as well as leaves. */
function pickPath(value: unknown, random: () => number): Path {
  const path: (string | number)[] = [];
  let here = value;
  while (typeof here === 'object' && here !== null && path.length < 8 && random() > 0.08) {
    const keys = Array.isArray(here) ? [...here.keys()] : Object.keys(here);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) break;
    path.push(key);
    here = (here as Record<string | number, unknown>)[key];
  }
  return path;
}

function spoil(body: unknown, path: Path, random: () => number): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return spoiled(body, random);
  const parent = body as Record<string | number, unknown>;
  if (rest.length > 0) {
    spoil(parent[key], rest, random);
    return body;
  }
  const dice = random();
  const put = (name: string | number, value: unknown): void => {
    Object.defineProperty(parent, name, { value, enumerable: true, writable: true, configurable: true });
  };
  if (dice < 0.15) Reflect.deleteProperty(parent, key);
  else if (dice < 0.2) put('__proto__', parent[key]);
  else put(key, spoiled(parent[key], random));
  return body;
}

/** The same value as another type, or garbage. */
function spoiled(value: unknown, random: () => number): unknown {
  const dice = random();
  if (dice < 0.1) return String(value);
  if (dice < 0.2) return [value];
  if (dice < 0.3) return { value };
  const other = garbage[Math.floor(random() * garbage.length)];
  // The other boolean would be no garbage but another answer.
  return typeof other === typeof value && typeof value === 'boolean' ? null : other;
}
