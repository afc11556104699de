/** One thing wrong with a configuration file, at the place where it stands. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based; of the nearest parent when the key itself is missing. */
  readonly line: number;
  readonly column: number;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Everything wrong with the file at once; nothing of it is used. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = `${file}:${String(line)}:${String(column)}`;
  return path.length === 0 ? `${place} ${message}` : `${place} ${formatPath(path)}: ${message}`;
}

/** `sources[0].url`; keys that are not plain words are quoted: `identity.map["a:1"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${String(part)}]`;
      const key = String(part);
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
