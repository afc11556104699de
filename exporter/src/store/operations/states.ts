import type { Transaction } from '../engine.ts';

export interface StatesInput {
  /** Device key and packed state (see packState). */
  readonly rows: readonly (readonly [device: string, body: string])[];
  readonly seq: number;
}

const positionName = 'states_seq';
const pageSize = 500;

export interface StatesPage {
  /** A JSON array. */
  readonly states: string;
  /** Ask for the next page with it; undefined on the last one. */
  readonly last: string | undefined;
}

/** The saved states behind device `after`, in the order of their keys. */
export async function loadStates(tx: Transaction, after: string): Promise<StatesPage> {
  const [page] = await tx.all(
    `SELECT string_agg(body, ',') AS bodies, max(device) AS last, count(*) AS size FROM (
      SELECT device, body FROM device_states WHERE device > ? ORDER BY device LIMIT ?) AS page`,
    [after, pageSize],
  );
  const size = Number(page?.['size'] ?? 0);
  return {
    states: size === 0 ? '[]' : `[${String(page?.['bodies'])}]`,
    last: size < pageSize ? undefined : String(page?.['last']),
  };
}

/** The log position that the saved states include, 0 when none was saved. */
export async function readStatesPosition(tx: Transaction): Promise<number> {
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

/** The numbers of words, in order; what has none yet gets one. Several exporters may name the same word at once. */
export async function nameWords(tx: Transaction, words: readonly string[]): Promise<readonly number[]> {
  const numbers = await tx.insert({
    table: 'state_words',
    columns: ['word'],
    rows: words.map((word) => [word]),
    onConflict: 'ON CONFLICT (word) DO UPDATE SET word = excluded.word',
    returning: 'number',
  });
  return numbers.map(Number);
}

/** Every word with its number, as one JSON array: number, word, number, word … */
export async function readWords(tx: Transaction): Promise<string> {
  const [row] = await tx.all(`SELECT string_agg(number || ',' || word, ',') AS words FROM state_words`);
  return `[${String(row?.['words'] ?? '')}]`;
}

/** Words stay: another exporter on the same database may be about to use them, and they are few. */
export async function dropStates(tx: Transaction): Promise<void> {
  await tx.run('DELETE FROM device_states');
  await tx.run('DELETE FROM facts WHERE name = ?', [positionName]);
}
