import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../domain/time.ts';
import type { TokenRecord } from '../../store/patch-store.ts';

const form = /^ph_([a-z0-9]{10})_([A-Za-z0-9_-]{43})$/;

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

export interface TokenVerifier {
  /** undefined for anything but a token that is known, not revoked and not expired. */
  verify(text: string): Promise<TokenRecord | undefined>;
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
  const read = async (): Promise<void> => {
    const tokens = await store.listTokens();
    known = new Map(tokens.map((token) => [token.id, token]));
    readAt = clock.now();
  };
  return {
    async verify(text) {
      const [, id = '', secret = ''] = form.exec(text) ?? [];
      if (id === '') return undefined;
      if (clock.now() - readAt >= refreshSeconds) {
        reading ??= read().finally(() => (reading = undefined));
        await reading;
      }
      const token = known.get(id);
      if (token === undefined || !sameHash(hashSecret(secret), token.secretHash)) return undefined;
      const now = clock.now();
      if (token.revokedAt !== undefined && token.revokedAt <= now) return undefined;
      return token.expiresAt !== undefined && token.expiresAt <= now ? undefined : token;
    },
  };
}

function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
