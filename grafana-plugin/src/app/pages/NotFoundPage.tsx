import React from 'react';
import { PluginPage } from '@grafana/runtime';
import { EmptyState, LinkButton } from '@grafana/ui';
import { useHref } from 'react-router-dom';
import { useLinks } from '../hooks/useLinks';

export function NotFoundPage(): React.JSX.Element {
  const tonight = useHref(useLinks()('tonight'));
  return (
    <PluginPage pageNav={{ text: 'Not found' }}>
      <EmptyState
        variant="not-found"
        message="There is no such page"
        button={<LinkButton href={tonight}>Go to Tonight</LinkButton>}
      >
        The link may be from another version of this app.
      </EmptyState>
    </PluginPage>
  );
}
