/** One row of the table at the end. */
export interface Verdict {
  readonly story: string;
  readonly expected: string;
  readonly seen: string;
  readonly holds: boolean;
}

/** A page as PagerDuty took it. */
export interface Page {
  readonly alert: string;
  readonly summary: string;
  readonly openedAtUnixSeconds: number;
  /** How often it was triggered; 1 = paged once. */
  readonly triggers: number;
  readonly resolved: boolean;
}

export interface PageExpectation {
  readonly story: string;
  readonly expected: string;
  readonly alert: string;
  /** What the delay is counted from. */
  readonly since: { readonly what: string; readonly atUnixSeconds: number };
  /** No earlier and no later than this many seconds after it. */
  readonly delaySeconds: { readonly min: number; readonly max: number };
  /** Words the page has to carry. */
  readonly names?: string;
}

/** Exactly one page, of the right kind, at the right time, and resolved in the end. */
export function judgeOnePage(expectation: PageExpectation, pages: readonly Page[]): Verdict {
  const { story, expected, alert, since, delaySeconds, names } = expectation;
  const [page, ...others] = pages;
  if (page === undefined) return { story, expected, seen: 'no page', holds: false };
  if (others.length > 0)
    return { story, expected, seen: `${String(pages.length)} pages: ${listed(pages)}`, holds: false };
  const delay = page.openedAtUnixSeconds - since.atUnixSeconds;
  const faults = [
    page.alert === alert ? undefined : `not ${alert}`,
    delay < delaySeconds.min ? 'too early' : undefined,
    // Written so that a time nobody measured (NaN) is a fault.
    delay <= delaySeconds.max ? undefined : 'too late',
    page.triggers === 1 ? undefined : `sent ${String(page.triggers)} times`,
    names === undefined || page.summary.includes(names) ? undefined : `does not name ${names}`,
    page.resolved ? undefined : 'never resolved',
  ].filter((fault) => fault !== undefined);
  const when = `${page.alert} ${delay.toFixed(1)} s after ${since.what}`;
  const seen = faults.length > 0 ? `${when}; ${faults.join(', ')}` : `${when}, resolved`;
  return { story, expected, seen, holds: faults.length === 0 };
}

/** Silence that was meant: no page, and `also` says what else had to come true. */
export function judgeSilence(
  row: { readonly story: string; readonly expected: string },
  pages: readonly Page[],
  also: { readonly holds: boolean; readonly seen: string },
): Verdict {
  if (pages.length > 0) return { ...row, seen: `paged: ${listed(pages)}`, holds: false };
  return { ...row, seen: `no page; ${also.seen}`, holds: also.holds };
}

function listed(pages: readonly Page[]): string {
  return pages.map(({ alert }) => alert).join(', ');
}
