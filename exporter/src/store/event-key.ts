import { hash } from 'node:crypto';

/**
 * Name of an event for finding its second arrival: 16 bytes of SHA-256 over source and dedup key. Two different events
 * share one with a chance below 1e-20 at a billion events.
 */
export function eventKey(source: string, dedupKey: string): Buffer {
  return hash('sha256', `${source}\0${dedupKey}`, 'buffer').subarray(0, 16);
}
