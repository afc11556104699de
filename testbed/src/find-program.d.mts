/** One line of programs.json: a real program the testbed starts and where Debian has it. */
export interface ProgramSpec {
  /** Debian's name first, then upstream's. */
  names: string[];
  minimum: string;
  debianPackage: string;
}

export type ProgramKey =
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'amtool'
  | 'node-exporter'
  | 'pushgateway'
  | 'postgres'
  | 'initdb'
  | 'shellcheck'
  | 'chromium'
  | 'dnf'
  | 'zypper'
  | 'rpmbuild'
  | 'createrepo_c';

export type FindResult =
  { file: string; version: string; problem?: undefined } | { problem: string; debianPackage: string; file?: undefined };

export const programs: Record<ProgramKey, ProgramSpec>;

/** Negative, zero or positive as `left` is older than, equal to or newer than `right`; missing parts count as 0. */
export function compareVersions(left: string, right: string): number;

/** The first dotted version in what a program prints for `--version`; undefined when there is none. */
export function parseVersion(output: string): string | undefined;

/** Looks on the search path (default: PATH) and in Debian's PostgreSQL folders; says what is wrong instead of throwing. */
export function findProgram(key: ProgramKey, searchPath?: string): FindResult;
