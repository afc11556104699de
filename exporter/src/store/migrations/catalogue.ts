import { initial } from './0001-initial.ts';
import { stateWords } from './0002-state-words.ts';
import { failedWindows } from './0003-failed-windows.ts';
import type { Migration } from './migration.ts';

/** Every step in order; append only. */
export const migrations: readonly Migration[] = [initial, stateWords, failedWindows];
