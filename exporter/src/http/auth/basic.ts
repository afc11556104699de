import bcrypt from 'bcryptjs';
import { createHash } from 'node:crypto';

/** Checks `Authorization: Basic` against bcrypt hashes, in the way of Prometheus' exporters. */
export interface BasicAuth {
  isValid(header: string | undefined, users: Readonly<Record<string, string>>): Promise<boolean>;
}

/** A hash nobody's password has, so that an unknown user costs as much time as a wrong password. */
const decoy = '$2a$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi';
const maxKept = 100;

/** Keeps good answers by a hash of user, password and stored hash: bcrypt on every scrape would cost 50 ms of CPU. */
export function createBasicAuth(): BasicAuth {
  const good = new Set<string>();
  return {
    async isValid(header, users) {
      const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
      if (encoded === undefined) return false;
      const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
      const password = rest.join(':');
      const stored = Object.hasOwn(users, user) ? users[user] : undefined;
      const key = createHash('sha256')
        .update(JSON.stringify([user, password, stored]))
        .digest('hex');
      if (good.has(key)) return true;
      const matches = await bcrypt.compare(password, stored ?? decoy);
      if (!matches || stored === undefined) return false;
      if (good.size >= maxKept) good.clear();
      good.add(key);
      return true;
    },
  };
}
