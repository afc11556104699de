import React from 'react';
import { Stack } from '@grafana/ui';
import { PageTurner, type PageTurnerProps } from './PageTurner';

export interface ListHeadProps extends PageTurnerProps {
  /** How many there are, in words; told to screen readers when it changes. */
  readonly count: string;
}

/** Above a list that is read page by page: how many there are, and the way to the other pages. */
export function ListHead({ count, ...pages }: ListHeadProps): React.JSX.Element {
  return (
    <Stack justifyContent="space-between" alignItems="center" wrap="wrap">
      <div role="status" aria-live="polite">
        {pages.busy ? 'Reading …' : count}
      </div>
      <PageTurner {...pages} />
    </Stack>
  );
}
