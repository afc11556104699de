import { hash } from 'node:crypto';

/** 16 bytes as Latin-1 text: a code unit is a byte. */
export type EventKey = string;

const keyBytes = 16;

/**
 * Name of an event for finding its second arrival: 16 bytes of SHA-256 over source and dedup key. Two different events
 * share one with a chance below 1e-20 at a billion events.
 */
export function eventKey(source: string, dedupKey: string): EventKey {
  // `binary` is Latin-1 by its older name. As text from the start: a Buffer for each event costs more than the hash.
  return hash('sha256', `${source}\0${dedupKey}`, 'binary').slice(0, keyBytes);
}
