import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock, UnixSeconds } from '../../domain/time.ts';
import type { TokenRecord } from '../../store/patch-store.ts';

const form = /^ph_([a-z0-9]{10})_([A-Za-z0-9_-]{43})$/;

/** No colon and no control character: a name stands in audit records and must not look like "token:x user:y". */
export const tokenNameForm = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@/+-]{0,99}$/u;
export const tokenNameRule = 'needs 1 to 100 letters, digits, spaces or . _ @ / + -, and no space first';

export interface NewToken {
  readonly id: string;
  /** Shown once; the store only ever sees the hash. */
  readonly text: string;
  readonly secretHash: string;
}

/** `ph_<id>_<256 random bits>`: the id finds the record, the secret proves it. */
export function createToken(): NewToken {
  const id = randomBytes(5).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `ph_${id}_${secret}`, secretHash: hashSecret(secret) };
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What an audit record says of a new token. */
export function describeToken({ name, role, organizations }: TokenRecord): string {
  return `${name}, ${role}, ${organizations === 'all' ? 'all' : organizations.join(' ')}`;
}

export function tokenState(
  { revokedAt, expiresAt }: Pick<TokenRecord, 'revokedAt' | 'expiresAt'>,
  now: UnixSeconds,
): 'valid' | 'expired' | 'revoked' {
  if (revokedAt !== undefined && revokedAt <= now) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'valid';
}

export interface TokenVerifier {
  /** undefined for anything but a token that is known, not revoked and not expired. */
  verify(text: string): Promise<TokenRecord | undefined>;
  /** The list has changed: the next call reads it again. */
  forget(): void;
}

const refreshSeconds = 5;

/** Keeps the token list for five seconds, so a token revoked by another process is refused within that time. */
export function createTokenVerifier(
  store: { listTokens(): Promise<readonly TokenRecord[]> },
  clock: Clock,
): TokenVerifier {
  let known: ReadonlyMap<string, TokenRecord> = new Map();
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  let changes = 0;
  const read = async (): Promise<void> => {
    const changesBefore = changes;
    const tokens = await store.listTokens();
    known = new Map(tokens.map((token) => [token.id, token]));
    // What changed while it was read may be missing from it.
    if (changes === changesBefore) readAt = clock.now();
  };
  return {
    async verify(text) {
      const [, id = '', secret = ''] = form.exec(text) ?? [];
      if (id === '') return undefined;
      while (clock.now() - readAt >= refreshSeconds) {
        reading ??= read().finally(() => (reading = undefined));
        await reading;
      }
      const token = known.get(id);
      if (token === undefined || !sameHash(hashSecret(secret), token.secretHash)) return undefined;
      return tokenState(token, clock.now()) === 'valid' ? token : undefined;
    },
    forget() {
      changes += 1;
      readAt = -Infinity;
    },
  };
}

function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
