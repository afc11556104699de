import React, { Suspense } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, ErrorBoundary, LoadingPlaceholder } from '@grafana/ui';
import { useLocation } from 'react-router-dom';

/** Keeps a page that fails from taking the others with it; going elsewhere or changing the URL tries again. */
export function PageBoundary({ children }: { readonly children: React.ReactNode }): React.JSX.Element {
  const { pathname, search } = useLocation();
  return (
    <ErrorBoundary dependencies={[pathname, search]} boundaryName="patchhaven-page">
      {({ error }) =>
        error === null ? (
          <Suspense fallback={<Opening />}>{children}</Suspense>
        ) : (
          <PluginPage>
            <Alert title="This page failed" severity="error">
              The other pages work on. Reload the browser; if it fails again, tell your administrator: {error.message}
            </Alert>
          </PluginPage>
        )
      }
    </ErrorBoundary>
  );
}

function Opening(): React.JSX.Element {
  return (
    <PluginPage>
      <div role="status">
        <LoadingPlaceholder text="Opening …" />
      </div>
    </PluginPage>
  );
}
