import type { StoreError } from '../../domain/errors.ts';
import type { OperationName } from '../operations/catalogue.ts';

export interface Request {
  readonly id: number;
  readonly name: OperationName | 'close';
  readonly input: unknown;
}

/** Id 0 answers "is the file open?". */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly kind?: StoreError['kind']; readonly message: string } };
