import type { Input, OperationName, Output } from './operations/catalogue.ts';

/** Carries operations to a database and answers back; calls are applied in the order in which they are made. */
export interface Executor {
  /** Rejects with StoreError when nothing was stored. */
  execute<N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Waits for the calls made before it. Calls made after it are refused. */
  close(): Promise<void>;
}
