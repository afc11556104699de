import { StoreError } from '../domain/errors.ts';
import type { Transaction } from './engine.ts';
import { migrations } from './migrations/catalogue.ts';
import type { Migration, SchemaWords } from './migrations/migration.ts';

/**
 * Brings the schema up to date inside the caller's transaction; nothing happens when it is. Throws StoreError
 * (`conflict`) when a newer release has written here: its data may mean what this one cannot know.
 */
export async function migrate(
  tx: Pick<Transaction, 'all' | 'run'>,
  words: SchemaWords,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  await tx.run('CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)');
  const rows = await tx.all('SELECT version FROM schema_migrations');
  const applied = new Set(rows.map((row) => row['version']));
  const newest = steps.at(-1)?.version ?? 0;
  const unknown = rows.map((row) => Number(row['version'])).filter((version) => version > newest);
  if (unknown.length > 0) {
    throw new StoreError(
      'conflict',
      `the store has schema ${String(Math.max(...unknown))}, this release knows up to ${String(newest)}: run the newer release`,
    );
  }
  for (const step of steps.filter(({ version }) => !applied.has(version))) {
    for (const statement of step.statements(words)) await tx.run(statement);
    await tx.run('INSERT INTO schema_migrations (version, name) VALUES (?, ?)', [step.version, step.name]);
  }
}
