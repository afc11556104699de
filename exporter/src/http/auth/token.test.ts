import { expect, it } from 'vitest';
import type { TokenRecord } from '../../store/patch-store.ts';
import { createToken, createTokenVerifier } from './token.ts';

it('does not trust a list that was read before a token was revoked', async () => {
  const { id, text, secretHash } = createToken();
  let stored: TokenRecord = { id, name: 'a', role: 'viewer', organizations: 'all', secretHash, createdAt: 0 };
  const reads: (() => void)[] = [];
  const listTokens = (): Promise<readonly TokenRecord[]> => {
    const seen = [stored];
    return new Promise((resolve) => {
      reads.push(() => {
        resolve(seen);
      });
    });
  };
  const verifier = createTokenVerifier({ listTokens }, { now: () => 100 });

  const answer = verifier.verify(text);
  stored = { ...stored, revokedAt: 100 };
  verifier.forget();
  reads[0]?.();
  await new Promise(setImmediate);
  expect(reads).toHaveLength(2);
  reads[1]?.();
  expect(await answer).toBeUndefined();
});
