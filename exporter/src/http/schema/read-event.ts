import type { z } from 'zod';
import { fromRfc3339 } from '../../domain/time.ts';
import type { EventInput } from './ingest.ts';

/** Gives what the schema would give, or undefined: not sure. Called with undefined where a field is absent. */
type Reader = (raw: unknown) => unknown;

const leftOut = Symbol('left out');

const optional =
  (read: Reader): Reader =>
  (raw) =>
    raw === undefined ? leftOut : read(raw);

const text =
  (min: number, max: number): Reader =>
  (raw) =>
    typeof raw === 'string' && raw.length >= min && raw.length <= max ? raw : undefined;

/** Text that the schema would trim is left to the schema. */
const trimmed =
  (max: number): Reader =>
  (raw) =>
    typeof raw === 'string' && raw.length > 0 && raw.length <= max && raw === raw.trim() ? raw : undefined;

const time: Reader = (raw) => (typeof raw === 'string' ? fromRfc3339(raw) : undefined);
const flag: Reader = (raw) => (typeof raw === 'boolean' ? raw : undefined);

/** An object with these fields and no other, its result in this order. */
function object(fields: Readonly<Record<string, Reader>>): Reader {
  const entries = Object.entries(fields);
  return (raw) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
    const given = raw as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    let known = 0;
    for (const [name, read] of entries) {
      const field = given[name];
      if (field !== undefined) known += 1;
      const value = read(field);
      if (value === undefined) return undefined;
      if (value !== leftOut) result[name] = value;
    }
    return Object.keys(given).length === known ? result : undefined;
  };
}

const maxPatches = 500;
const patch = object({ id: trimmed(200), title: optional(text(0, 500)) });

const patches: Reader = (raw = []) => {
  if (!Array.isArray(raw) || raw.length > maxPatches) return undefined;
  const list: unknown[] = [];
  for (const item of raw) {
    const read = patch(item) as { readonly id: string; readonly title?: string } | undefined;
    if (read === undefined) return undefined;
    list.push({ id: read.id, title: read.title ?? read.id });
  }
  return list;
};

const withPatches = { patches };
const withReason = { reason: optional(text(0, 500)), patches };
const data: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  'patch.install.started': withPatches,
  'patch.installed': { patches, rebootRequired: optional(flag) },
  'patch.install.failed': { patches, code: optional(text(0, 100)) },
  'patch.install.completed': withPatches,
  'reboot.pending': withReason,
  'reboot.ordered': withReason,
  'reboot.started': withReason,
  'reboot.completed': { bootAt: optional(time) },
};

function eventWith(fields: Readonly<Record<string, Reader>>): Reader {
  const readData = object(fields);
  return object({
    id: optional(trimmed(200)),
    occurredAt: time,
    organization: optional(text(1, 128)),
    device: optional(text(1, 512)),
    instance: optional(trimmed(256)),
    hostName: optional(trimmed(256)),
    type: (raw) => raw,
    data: (raw = {}) => readData(raw),
  });
}

const readers = new Map(Object.entries(data).map(([type, fields]) => [type, eventWith(fields)]));

/**
 * Reads an event as senders commonly write it, at a fraction of what the schema costs. Undefined says nothing about the
 * event: the schema then decides, and words what is wrong. What it gives is what the schema would have given, in the
 * same order of keys, because content is hashed to find duplicates.
 */
export function readEvent(raw: unknown): z.output<typeof EventInput> | undefined {
  const type = (raw as { readonly type?: unknown } | null | undefined)?.type;
  const event = readers.get(type as string)?.(raw) as z.output<typeof EventInput> | undefined;
  if (event === undefined) return undefined;
  const names = Number('device' in event) + Number('instance' in event) + Number('hostName' in event);
  return names === 1 ? event : undefined;
}
