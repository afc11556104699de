import { faultKinds, type FaultKind, type Verdict } from '../oracle/judge.ts';

/** The sums of one variant over all scenarios. */
export interface MatrixRow {
  readonly variant: string;
  readonly counts: Readonly<Record<FaultKind | 'excused', number>>;
  readonly judged: number;
  readonly unclear: number;
  readonly mutedSeconds: number;
}

export function sumUp(variant: string, verdicts: readonly Verdict[]): MatrixRow {
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  const count = (kind: FaultKind | 'excused'): number => findings.filter((finding) => finding.kind === kind).length;
  return {
    variant,
    counts: {
      false: count('false'),
      missed: count('missed'),
      double: count('double'),
      late: count('late'),
      stuck: count('stuck'),
      excused: count('excused'),
    },
    judged: verdicts.reduce((sum, verdict) => sum + verdict.judged, 0),
    unclear: verdicts.reduce((sum, verdict) => sum + verdict.unclear, 0),
    mutedSeconds: Math.round(verdicts.reduce((sum, verdict) => sum + verdict.mutedSeconds, 0)),
  };
}

export function isClean({ counts }: MatrixRow): boolean {
  return faultKinds.every((kind) => counts[kind] === 0);
}

const columns = [...faultKinds, 'excused'] as const;

/** The confusion matrix as a table for people. */
export function renderMatrix(rows: readonly MatrixRow[]): string {
  const header = ['variant', ...columns.map((kind) => (kind === 'excused' ? 'doubt' : kind)), 'muted real outage'];
  const body = rows.map(({ variant, counts, mutedSeconds }) => [
    variant,
    ...columns.map((kind) => String(counts[kind])),
    `${String(mutedSeconds)} s`,
  ]);
  const table = [header, ...body];
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
