import { findProgram, type ProgramKey } from './find-program.mjs';

export interface Program {
  file: string;
  version: string;
}

const found = new Map<ProgramKey, Program>();

/**
 * The path and version of a real program, looked up once per process.
 * Throws with the Debian package's name when it is missing or older than programs.json allows.
 */
export function requireProgram(key: ProgramKey): Program {
  const known = found.get(key);
  if (known !== undefined) return known;
  const result = findProgram(key);
  if (result.problem !== undefined) throw new Error(result.problem);
  found.set(key, result);
  return result;
}
