import type { LabelSet } from './labels.ts';
import { PromqlError } from './errors.ts';
import type { Series, SeriesStore } from './series-store.ts';

export interface Sample {
  readonly labels: LabelSet;
  readonly value: number;
}

export type Vector = readonly Sample[];

/** What one evaluation may look at: one Prometheus' series, at one instant. */
export interface EvalContext {
  readonly store: SeriesStore;
  readonly atMs: number;
}

export interface ScalarCode {
  readonly type: 'scalar';
  run(context: EvalContext): number;
}

export interface VectorCode {
  readonly type: 'vector';
  run(context: EvalContext): Vector;
}

/** A range selector; only functions over time consume it. */
export interface RangeCode {
  readonly type: 'range';
  readonly rangeMs: number;
  readonly offsetMs: number;
  select(context: EvalContext): readonly Series[];
}

export interface StringCode {
  readonly type: 'string';
  readonly value: string;
}

export type Code = ScalarCode | VectorCode | RangeCode | StringCode;

export function scalarCode(run: (context: EvalContext) => number): ScalarCode {
  return { type: 'scalar', run };
}

export function vectorCode(run: (context: EvalContext) => Vector): VectorCode {
  return { type: 'vector', run };
}

/** Prometheus fails the whole evaluation when an operation leaves two elements with the same labels. */
export function requireDistinct(vector: Vector): Vector {
  if (vector.length < 2) return vector;
  const seen = new Set<LabelSet>();
  for (const { labels } of vector) seen.add(labels);
  if (seen.size < vector.length) throw new PromqlError('vector cannot contain metrics with the same labelset');
  return vector;
}
