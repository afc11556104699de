import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { OrgRole } from './routes.ts';

export interface GrafanaUser {
  readonly login: string;
  readonly role: OrgRole;
}

/** Signs `X-Grafana-Id` as Grafana does, and publishes the key. */
export interface IdSigner {
  sign(user: GrafanaUser, nowUnixSeconds: number): Promise<string>;
  readonly jwks: { readonly keys: readonly JWK[] };
}

const lifetimeSeconds = 600;

/** ES256 with a key of its own. `issuer` is Grafana's root URL. */
export async function createIdSigner(issuer: string): Promise<IdSigner> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const kid = 'host-es256';
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] };
  return {
    jwks,
    sign: ({ login, role }, now) =>
      new SignJWT({
        type: 'user',
        identifier: `id-${login}`,
        namespace: 'default',
        username: login,
        name: login,
        email: `${login}@example.com`,
        email_verified: true,
        authenticatedBy: 'password',
        role,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'jwt', kid })
        .setIssuer(issuer)
        .setAudience('org:1')
        .setSubject(`user:id-${login}`)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(privateKey),
  };
}
