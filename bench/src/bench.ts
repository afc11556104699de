export interface BenchOptions {
  /** Fleet sizes, ascending. */
  readonly devices: readonly number[];
  /** Rounds per size; the first is dropped. */
  readonly rounds: number;
  /** Contestants to leave out, where filling them takes too long. */
  readonly without: ReadonlySet<string>;
  log(line: string): void;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A promise as a ratio or a bound, and what this run measured. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface BenchResult {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** The numbers behind the tables, for comparison between runs. */
  readonly raw: unknown;
}

/** One measurement that runs its contestants side by side. */
export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
