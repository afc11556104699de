import { describe, expect, it } from 'vitest';
import type { Executor } from './executor.ts';
import { createSqlPatchStore } from './sql-patch-store.ts';

/** Three pages of one state each; notes in what order pages were asked for and taken over. */
function pagedExecutor(steps: string[]): Executor {
  const pages = ['', 's:1', 's:2'];
  const execute = (name: string, after: unknown): Promise<unknown> => {
    if (name === 'readStatesPosition') return Promise.resolve(7);
    if (name === 'readWords') return Promise.resolve('[]');
    const number = pages.indexOf(String(after)) + 1;
    steps.push(`read ${String(number)}`);
    return Promise.resolve({ states: `[{"key":"s:${String(number)}"}]`, last: pages[number] });
  };
  return { execute: execute as Executor['execute'], close: () => Promise.resolve() };
}

describe('createSqlPatchStore', () => {
  it('loads states page by page, the next one under way while one is taken over', async () => {
    const steps: string[] = [];
    const { seq } = await createSqlPatchStore(pagedExecutor(steps)).loadStates((states) => {
      steps.push(`take ${String(states[0]?.key)}`);
    });
    expect(seq).toBe(7);
    expect(steps).toEqual(['read 1', 'read 2', 'take s:1', 'read 3', 'take s:2', 'take s:3']);
  });
});
