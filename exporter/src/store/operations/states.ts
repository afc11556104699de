import type { Transaction } from '../engine.ts';

export interface StatesInput {
  /** Device key and state as JSON. */
  readonly rows: readonly (readonly [device: string, body: string])[];
  readonly seq: number;
}

const positionName = 'states_seq';
const batchSize = 500;

/** Sends every state in batches, each a JSON array; returns the log position they include, 0 when none was saved. */
export async function loadStates(
  tx: Transaction,
  _input: null,
  sendBatch: (statesJson: string) => void,
): Promise<number> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const [page] = await tx.all(
      `SELECT string_agg(body, ',') AS bodies, max(device) AS last, count(*) AS size FROM (
        SELECT device, body FROM device_states WHERE device > ? ORDER BY device LIMIT ?) AS page`,
      [after, batchSize],
    );
    const size = Number(page?.['size'] ?? 0);
    if (size > 0) sendBatch(`[${String(page?.['bodies'])}]`);
    after = size < batchSize ? undefined : String(page?.['last']);
  }
  const [position] = await tx.all('SELECT value FROM facts WHERE name = ?', [positionName]);
  return position === undefined ? 0 : Number(position['value']);
}

export async function saveStates(tx: Transaction, { rows, seq }: StatesInput): Promise<void> {
  // The last state of a device counts; PostgreSQL refuses the same row twice in one statement.
  await tx.insert({
    table: 'device_states',
    columns: ['device', 'body'],
    rows: [...new Map(rows)],
    onConflict: 'ON CONFLICT (device) DO UPDATE SET body = excluded.body',
  });
  await tx.insert({
    table: 'facts',
    columns: ['name', 'value'],
    rows: [[positionName, seq]],
    onConflict: 'ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  });
}

export async function dropStates(tx: Transaction): Promise<void> {
  await tx.run('DELETE FROM device_states');
  await tx.run('DELETE FROM facts WHERE name = ?', [positionName]);
}
