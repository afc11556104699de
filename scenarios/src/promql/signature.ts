import type { VectorMatching } from './ast.ts';
import type { LabelInterner, LabelMapping } from './labels.ts';
import { METRIC_NAME } from './labels.ts';

/** The labels by which an element finds its partners on the other side. */
export function signatureOf(matching: VectorMatching, interner: LabelInterner): LabelMapping {
  if (matching.mode === 'on') return interner.keep(matching.labels);
  return interner.drop([...matching.labels, METRIC_NAME]);
}
