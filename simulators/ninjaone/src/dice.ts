/** Deterministic draws: the same seed, salt and ids always give the same number, in any order of asking. */
export interface Dice {
  /** A number in [0, 1). */
  draw(salt: string, ...ids: number[]): number;
  /** An integer in [0, below). */
  integer(below: number, salt: string, ...ids: number[]): number;
  pick<T>(items: readonly [T, ...T[]], salt: string, ...ids: number[]): T;
  /** A version 4 shaped UUID. */
  uuid(salt: string, ...ids: number[]): string;
}

/** Stateless, so that page 900 of a fleet can be generated without generating the 899 before it. */
export function createDice(seed: number): Dice {
  const bits = (salt: string, ids: readonly number[], lane = 0) => hash(seed, salt, ids, lane);
  const draw = (salt: string, ...ids: number[]) => bits(salt, ids) / 2 ** 32;
  const integer = (below: number, salt: string, ...ids: number[]) => Math.floor(draw(salt, ...ids) * below);
  return {
    draw,
    integer,
    pick: (items, salt, ...ids) => items[integer(items.length, salt, ...ids)] ?? items[0],
    uuid: (salt, ...ids) => toUuid([1, 2, 3, 4].map((lane) => bits(salt, ids, lane))),
  };
}

/** FNV-1a over the inputs, then the murmur3 finalizer so that neighbouring ids do not give neighbouring numbers. */
function hash(seed: number, salt: string, ids: readonly number[], lane: number): number {
  let h = (0x811c9dc5 ^ seed ^ Math.imul(lane, 0x9e3779b1)) >>> 0;
  for (let i = 0; i < salt.length; i++) h = Math.imul(h ^ salt.charCodeAt(i), 0x01000193);
  for (const id of ids) h = finalize(h ^ Math.imul(id + 1, 0x85ebca6b));
  return finalize(h);
}

function finalize(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function toUuid(words: readonly number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
