import React from 'react';
import { Alert, Button, Stack } from '@grafana/ui';
import { TimeAgo } from '../../components/Time';
import type { CommonFailure as Failure } from './common-failure';

interface Props {
  readonly failure: Failure;
  readonly busy: boolean;
  readonly onRetry: () => void;
}

/** Says once, for the whole page, why nothing of it can be read. */
export function CommonFailure({ failure, busy, onRetry }: Props): React.JSX.Element {
  const { message, readAtMs } = failure;
  return (
    <Alert
      title={readAtMs === undefined ? 'Could not read the night' : 'Could not renew this page'}
      severity={readAtMs === undefined ? 'error' : 'warning'}
    >
      <Stack direction="column" gap={1} alignItems="flex-start">
        <span>
          {message}{' '}
          {readAtMs !== undefined && (
            <>
              What follows was read <TimeAgo at={new Date(readAtMs).toISOString()} />.
            </>
          )}
        </span>
        <Button size="sm" variant="secondary" icon="sync" onClick={onRetry} disabled={busy}>
          {busy ? 'Trying …' : 'Try again'}
        </Button>
      </Stack>
    </Alert>
  );
}
