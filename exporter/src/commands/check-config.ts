import type { CliIo } from '../cli.ts';
import { ConfigError } from '../config/problem.ts';

/** Checks what `load` reads. 0: good, 1: bad, with one line per problem on standard error. */
export function checkConfig(file: string, load: () => unknown, io: Pick<CliIo, 'out' | 'err'>): 0 | 1 {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.err(`${error.message}\n`);
    return 1;
  }
  io.out(`${file} is valid.\n`);
  return 0;
}
