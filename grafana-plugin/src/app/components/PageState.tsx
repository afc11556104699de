import React from 'react';
import { Alert, Button, EmptyState, LoadingPlaceholder, Stack } from '@grafana/ui';
import type { Resource, ResourceHandle } from '../hooks/useResource';
import { TimeAgo } from './Time';

interface Props<T> {
  readonly handle: ResourceHandle<T>;
  /** What is read, for sentences: "windows", "this device". */
  readonly what: string;
  /** Says that there is nothing, and what that means. */
  readonly empty?: string;
  readonly isEmpty?: (data: T) => boolean;
  /** Set where the page itself says why nothing could be read: what is there is shown, and no more said. */
  readonly quiet?: boolean;
  /** Under the empty sentence: what a person can do about it. */
  readonly emptyAction?: React.ReactNode;
  readonly children: (data: T) => React.ReactNode;
}

/** One part of a page in each of its states: loading, failed, out of date, empty, there. */
export function PageState<T>(props: Props<T>): React.JSX.Element | null {
  const { handle, what, quiet = false } = props;
  const { resource } = handle;
  if (resource.status === 'loading') {
    return (
      <div role="status">
        <LoadingPlaceholder text={`Reading ${what} …`} />
      </div>
    );
  }
  if (resource.status === 'error') {
    return quiet ? null : <Failure handle={handle} title={`Could not read ${what}`} message={resource.error.message} />;
  }
  return (
    <>
      {resource.status === 'stale' && !quiet && <Stale handle={handle} resource={resource} what={what} />}
      <Body {...props} data={resource.data} />
    </>
  );
}

function Body<T>({ data, empty, isEmpty, emptyAction, children }: Props<T> & { readonly data: T }): React.JSX.Element {
  if (empty === undefined || isEmpty?.(data) !== true) {
    return <>{children(data)}</>;
  }
  return (
    <EmptyState variant="completed" message={empty} hideImage button={emptyAction}>
      {null}
    </EmptyState>
  );
}

interface StaleProps<T> {
  readonly handle: ResourceHandle<T>;
  readonly resource: Extract<Resource<T>, { status: 'stale' }>;
  readonly what: string;
}

function Stale<T>({ handle, resource, what }: StaleProps<T>): React.JSX.Element {
  return (
    <Alert title={`Could not renew ${what}`} severity="warning">
      <Stack direction="column" gap={1} alignItems="flex-start">
        <span>
          {resource.error.message} What follows was read <TimeAgo at={new Date(resource.atMs).toISOString()} />.
        </span>
        <Retry handle={handle} />
      </Stack>
    </Alert>
  );
}

interface FailureProps {
  readonly handle: Pick<ResourceHandle<unknown>, 'busy' | 'reload'>;
  readonly title: string;
  readonly message: string;
}

function Failure({ handle, title, message }: FailureProps): React.JSX.Element {
  return (
    <Alert title={title} severity="error">
      <Stack direction="column" gap={1} alignItems="flex-start">
        <span>{message}</span>
        <Retry handle={handle} />
      </Stack>
    </Alert>
  );
}

function Retry({ handle }: Pick<FailureProps, 'handle'>): React.JSX.Element {
  return (
    <Button size="sm" variant="secondary" icon="sync" onClick={handle.reload} disabled={handle.busy}>
      {handle.busy ? 'Trying …' : 'Try again'}
    </Button>
  );
}
