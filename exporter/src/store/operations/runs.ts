import type { Transaction } from '../engine.ts';

export interface RunInput {
  readonly source: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly body: string;
}

/** How many runs a source keeps. Failures stay longer: they are what somebody looks for days later. */
const kept = { successes: 200, failures: 1000 };

export async function recordRun(tx: Transaction, { source, kind, ok, body }: RunInput): Promise<void> {
  const flag = ok ? 1 : 0;
  await tx.insert({ table: 'collection_runs', columns: ['source', 'ok', 'body'], rows: [[source, flag, body]] });
  await tx.run(
    `DELETE FROM collection_runs WHERE source = ? AND ok = ? AND seq <= (
      SELECT seq FROM collection_runs WHERE source = ? AND ok = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    [source, flag, source, flag, ok ? kept.successes : kept.failures],
  );
  if (!ok) return;
  // Kept apart, so that frequent event reads cannot push out the one daily snapshot.
  await tx.insert({
    table: 'last_successes',
    columns: ['source', 'kind', 'body'],
    rows: [[source, kind, body]],
    onConflict: 'ON CONFLICT (source, kind) DO UPDATE SET body = excluded.body',
  });
}

export async function recentRuns(
  tx: Transaction,
  { source, limit }: { readonly source: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await tx.all('SELECT body FROM collection_runs WHERE source = ? ORDER BY seq DESC LIMIT ?', [
    source,
    limit,
  ]);
  return rows.map((row) => String(row['body']));
}

export async function lastSuccess(
  tx: Transaction,
  { source, kind }: { readonly source: string; readonly kind: string },
): Promise<string | undefined> {
  const [row] = await tx.all('SELECT body FROM last_successes WHERE source = ? AND kind = ?', [source, kind]);
  return row === undefined ? undefined : String(row['body']);
}
