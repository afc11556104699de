// Plain JavaScript, because tools/setup.mjs runs it before anything is installed; types are in find-program.d.mts.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const postgresqlRoot = '/usr/lib/postgresql';

export const programs = JSON.parse(readFileSync(new URL('../programs.json', import.meta.url), 'utf8'));

export function compareVersions(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function parseVersion(output) {
  return /\b(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
}

/** Debian keeps PostgreSQL's servers off PATH, one folder per major version: newest first. */
function postgresqlFolders() {
  try {
    return readdirSync(postgresqlRoot)
      .sort((a, b) => compareVersions(b, a))
      .map((version) => path.join(postgresqlRoot, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutableFile(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Some programs answer `--version` on stderr. */
function versionOf(file) {
  const { stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 5000 });
  return parseVersion(`${stdout ?? ''}${stderr ?? ''}`);
}

export function findProgram(key, searchPath = process.env.PATH ?? '') {
  const { names, minimum, debianPackage } = programs[key];
  const folders = [...searchPath.split(path.delimiter).filter(Boolean), ...postgresqlFolders()];
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const file = candidates.find(isExecutableFile);
  if (file === undefined) {
    return { problem: `${names.join(' or ')} is not installed (Debian package ${debianPackage})`, debianPackage };
  }
  const version = versionOf(file);
  if (version === undefined || compareVersions(version, minimum) < 0) {
    const found = version === undefined ? 'does not tell its version' : `is version ${version}`;
    return {
      problem: `${file} ${found}, at least ${minimum} is needed (Debian package ${debianPackage})`,
      debianPackage,
    };
  }
  return { file, version };
}
