// Starts the worker thread from TypeScript, for tests and tools; `--import tsx` does not reach worker threads.
import { register } from 'tsx/esm/api';

register();
await import('./sqlite-worker.ts');
