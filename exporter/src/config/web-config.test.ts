import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWebConfig } from './web-config.ts';

const hash = '$2a$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi';

function write(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'patchhaven-web-'));
  for (const name of ['cert.pem', 'key.pem']) writeFileSync(join(dir, name), name);
  writeFileSync(join(dir, 'web.yaml'), text);
  return join(dir, 'web.yaml');
}

describe('loadWebConfig', () => {
  it('reads users and certificates relative to the file', () => {
    const config = loadWebConfig(
      write(`tls_server_config: { cert_file: cert.pem, key_file: key.pem, min_version: TLS13 }
basic_auth_users: { ops: ${hash} }
`),
    );
    expect(config.basicAuthUsers).toEqual({ ops: hash });
    expect(config.tls).toMatchObject({ minVersion: 'TLSv1.3', requestCert: false });
    expect(config.tls?.cert.toString()).toBe('cert.pem');
  });

  it.each([
    ['basic_auth_users: { ops: hunter2 }', '1:26 basic_auth_users.ops: must be a bcrypt hash'],
    ['tls_server_confg: {}', '1:1 tls_server_confg: unknown key, did you mean "tls_server_config"?'],
    ['tls_server_config: { cert_file: cert.pem, key_file: no.pem }', 'no.pem cannot be read (ENOENT)'],
    [
      'tls_server_config: { cert_file: cert.pem, key_file: key.pem, client_auth_type: RequireAndVerifyClientCert }',
      'tls_server_config.client_auth_type: needs client_ca_file',
    ],
    [
      'tls_server_config: { cert_file: cert.pem, key_file: key.pem, client_auth_type: RequestClientCert }',
      'must be one of NoClientCert, RequireAndVerifyClientCert',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => loadWebConfig(write(text))).toThrow(message);
  });
});
