import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { ApiError } from './problem.ts';

/** Turns a position in a list into an opaque text and back. */
export interface Cursors {
  seal(position: readonly (string | number)[]): string;
  /** Throws ApiError('invalid_cursor') for anything this key did not seal. */
  open(cursor: string): readonly unknown[];
}

const ivBytes = 12;
const tagBytes = 16;
/** Lengths are rounded up, so that they do not tell how many digits a position has. */
const padBytes = 48;

/**
 * Positions hold numbers of the whole log, which would tell one organization how busy the others are: so they are
 * encrypted. The nonce is a MAC of the content, so equal positions give equal cursors and ETags stay stable.
 */
export function createCursors(key: Uint8Array = randomBytes(32)): Cursors {
  return {
    seal(position) {
      const plain = JSON.stringify(position);
      const text = plain.padEnd(Math.ceil(plain.length / padBytes) * padBytes);
      const iv = createHmac('sha256', key).update(text).digest().subarray(0, ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(cursor) {
      try {
        const raw = Buffer.from(cursor, 'base64url');
        const decipher = createDecipheriv('aes-256-gcm', key, raw.subarray(0, ivBytes), { authTagLength: tagBytes });
        decipher.setAuthTag(raw.subarray(ivBytes, ivBytes + tagBytes));
        const text = Buffer.concat([decipher.update(raw.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
        const position: unknown = JSON.parse(text);
        if (Array.isArray(position)) return position;
      } catch (error) {
        throw invalidCursor(error);
      }
      throw invalidCursor(undefined);
    },
  };
}

export function invalidCursor(cause?: unknown): ApiError {
  return new ApiError('invalid_cursor', 'Start again from the first page.', {
    errors: [{ pointer: '/query/cursor', detail: 'was not made here, or is too old' }],
    cause,
  });
}
