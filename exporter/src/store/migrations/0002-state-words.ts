import type { Migration } from './migration.ts';

/** Saved states name by number what many of them have in common. States saved before are still read as they are. */
export const stateWords: Migration = {
  version: 2,
  name: 'state words',
  statements: ({ position }) => [`CREATE TABLE state_words (number ${position}, word TEXT NOT NULL UNIQUE)`],
};
