import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareVersions, findProgram, parseVersion } from './find-program.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'find-program-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function install(name: string, versionOutput: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${versionOutput}'\n`);
  chmodSync(file, 0o755);
}

describe('finding a program', () => {
  it.each([
    [
      "Debian's name",
      'prometheus-alertmanager',
      'alertmanager, version 0.25.0 (branch: debian/sid, revision: 0.25.0-1+b4)',
    ],
    ["upstream's name", 'alertmanager', 'alertmanager, version 0.28.1 (branch: HEAD)'],
  ])('takes %s', (_case, name, output) => {
    install(name, output);
    expect(findProgram('alertmanager', folder)).toMatchObject({ file: path.join(folder, name) });
  });

  it('names the Debian package of a missing program', () => {
    expect(findProgram('alertmanager', folder)).toEqual({
      problem: 'prometheus-alertmanager or alertmanager is not installed (Debian package prometheus-alertmanager)',
      debianPackage: 'prometheus-alertmanager',
    });
  });

  it('refuses a version below the minimum', () => {
    install('prometheus', 'prometheus, version 2.33.5+ds (branch: debian/sid)');
    expect(findProgram('prometheus', folder).problem).toContain('is version 2.33.5, at least 2.42 is needed');
  });

  it('refuses a program that does not tell its version', () => {
    install('prometheus', 'hello');
    expect(findProgram('prometheus', folder).problem).toContain('does not tell its version');
  });
});

describe('versions', () => {
  it.each([
    ['prometheus, version 2.42.0+ds (branch: debian/sid)', '2.42.0'],
    ['postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)', '15.14'],
    ['no number here', undefined],
  ])('reads %j as %s', (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });

  it.each([
    ['2.9', '2.42', -1],
    ['2.42', '2.42.0', 0],
    ['3.0.1', '2.42', 1],
  ])('puts %s against %s as %d', (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
  });
});
