import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

describe('openapi.ts', () => {
  it('is what docs/openapi.json says (npm run generate writes it anew)', () => {
    const cli = path.join(root, 'node_modules/openapi-typescript/bin/cli.js');
    const fresh = execFileSync(process.execPath, [cli, path.join(root, '../docs/openapi.json')], { encoding: 'utf8' });
    expect(fresh).toContain('export interface paths');
    expect(readFileSync(path.join(__dirname, 'openapi.ts'), 'utf8')).toBe(fresh);
  });
});
