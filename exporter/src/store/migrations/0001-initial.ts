import type { Migration } from './migration.ts';

export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: ({ key, real, position, wholeNumber, eventLog }) => [
    `CREATE TABLE events (
      seq ${position},
      source ${key} NOT NULL,
      dedup_key ${key} NOT NULL,
      organization ${key} NOT NULL,
      device ${key} NOT NULL,
      type ${key} NOT NULL,
      occurred_at ${real} NOT NULL,
      received_at ${real} NOT NULL,
      data TEXT NOT NULL
    )`,
    ...(eventLog[1] ?? []),
    `CREATE TABLE source_cursors (source ${key} PRIMARY KEY, position TEXT NOT NULL)`,
    `CREATE TABLE windows (
      id ${key} PRIMARY KEY,
      organization ${key} NOT NULL,
      device ${key} NOT NULL,
      kind ${key} NOT NULL,
      opened_at ${real} NOT NULL,
      effective_end ${real} NOT NULL,
      closed_at ${real},
      body TEXT NOT NULL
    )`,
    'CREATE INDEX windows_by_time ON windows (opened_at, id)',
    'CREATE INDEX windows_by_organization ON windows (organization, opened_at, id)',
    'CREATE INDEX windows_by_device ON windows (device, opened_at, id)',
    'CREATE INDEX windows_not_closed ON windows (opened_at, id) WHERE closed_at IS NULL',
    `CREATE TABLE ledger (
      seq ${position},
      at ${real} NOT NULL,
      organization ${key} NOT NULL,
      device ${key} NOT NULL,
      window_id ${key},
      action ${key} NOT NULL,
      body TEXT NOT NULL
    )`,
    'CREATE INDEX ledger_by_organization ON ledger (organization, seq)',
    'CREATE INDEX ledger_by_device ON ledger (device, seq)',
    'CREATE INDEX ledger_by_window ON ledger (window_id, seq) WHERE window_id IS NOT NULL',
    'CREATE INDEX ledger_by_time ON ledger (at)',
    `CREATE TABLE device_states (device ${key} PRIMARY KEY, body TEXT NOT NULL)`,
    `CREATE TABLE collection_runs (
      seq ${position},
      source ${key} NOT NULL,
      ok ${wholeNumber} NOT NULL,
      body TEXT NOT NULL
    )`,
    'CREATE INDEX collection_runs_by_source ON collection_runs (source, ok, seq)',
    `CREATE TABLE last_successes (
      source ${key} NOT NULL,
      kind ${key} NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (source, kind)
    )`,
    `CREATE TABLE tokens (id ${key} PRIMARY KEY, secret_hash ${key} NOT NULL UNIQUE, body TEXT NOT NULL)`,
    `CREATE TABLE audit (seq ${position}, body TEXT NOT NULL)`,
    `CREATE TABLE mappings (device ${key} PRIMARY KEY, instance ${key} NOT NULL)`,
    `CREATE TABLE facts (name ${key} PRIMARY KEY, value ${wholeNumber} NOT NULL)`,
  ],
};
