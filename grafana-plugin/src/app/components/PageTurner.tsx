import React from 'react';
import { Button, Stack, Text } from '@grafana/ui';
import type { Pager } from '../hooks/useCursor';

export interface PageTurnerProps {
  readonly pager: Pager;
  readonly nextCursor: string | null;
  /** Rows on this page. */
  readonly shown: number;
  readonly pageSize: number;
  /** Rows on all pages, where the list knows. */
  readonly total?: number;
  readonly busy: boolean;
}

/** Back and on through a list that is read by cursor. */
export function PageTurner({
  pager,
  nextCursor,
  shown,
  pageSize,
  total,
  busy,
}: PageTurnerProps): React.JSX.Element | null {
  if (pager.page === 1 && nextCursor === null) {
    return null;
  }
  const first = (pager.page - 1) * pageSize + 1;
  const of = total === undefined ? '' : ` of ${total.toLocaleString()}`;
  return (
    <Stack alignItems="center" gap={1}>
      <Button
        size="sm"
        variant="secondary"
        icon="angle-left"
        disabled={pager.page === 1 || busy}
        onClick={pager.previous}
      >
        Previous
      </Button>
      <Text variant="bodySmall" color="secondary">
        {first.toLocaleString()} to {(first + shown - 1).toLocaleString()}
        {of}
      </Text>
      <Button
        size="sm"
        variant="secondary"
        icon="angle-right"
        iconPlacement="right"
        disabled={nextCursor === null || busy}
        onClick={() => nextCursor !== null && pager.next(nextCursor)}
      >
        Next
      </Button>
    </Stack>
  );
}
