import type { SqlRow, Transaction } from '../engine.ts';

export interface TokenInput {
  readonly id: string;
  readonly secretHash: string;
  readonly body: string;
}

export async function saveToken(tx: Transaction, { id, secretHash, body }: TokenInput): Promise<void> {
  await tx.insert({
    table: 'tokens',
    columns: ['id', 'secret_hash', 'body'],
    rows: [[id, secretHash, body]],
    onConflict: 'ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, body = excluded.body',
  });
}

export async function listTokens(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.all('SELECT body FROM tokens ORDER BY id');
  return rows.map((row) => String(row['body']));
}

export async function appendAudit(tx: Transaction, body: string): Promise<void> {
  await tx.insert({ table: 'audit', columns: ['body'], rows: [[body]] });
}

export function queryAudit(
  tx: Transaction,
  { limit, beforeSeq }: { readonly limit: number; readonly beforeSeq?: number },
): Promise<readonly SqlRow[]> {
  return beforeSeq === undefined
    ? tx.all('SELECT seq, body FROM audit ORDER BY seq DESC LIMIT ?', [limit])
    : tx.all('SELECT seq, body FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?', [beforeSeq, limit]);
}

export async function saveMapping(
  tx: Transaction,
  { device, instance }: { readonly device: string; readonly instance: string | null },
): Promise<void> {
  if (instance === null) {
    await tx.run('DELETE FROM mappings WHERE device = ?', [device]);
    return;
  }
  await tx.insert({
    table: 'mappings',
    columns: ['device', 'instance'],
    rows: [[device, instance]],
    onConflict: 'ON CONFLICT (device) DO UPDATE SET instance = excluded.instance',
  });
}

export async function listMappings(tx: Transaction): Promise<readonly (readonly [string, string])[]> {
  const rows = await tx.all('SELECT device, instance FROM mappings ORDER BY device');
  return rows.map((row) => [String(row['device']), String(row['instance'])]);
}

/** A write that must reach the disk, and changes nothing anybody reads. */
export async function check(tx: Transaction): Promise<void> {
  await tx.insert({
    table: 'facts',
    columns: ['name', 'value'],
    rows: [['checks', 1]],
    onConflict: 'ON CONFLICT (name) DO UPDATE SET value = facts.value + 1',
  });
}
