import React from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, LinkButton, Stack } from '@grafana/ui';
import { useHref } from 'react-router-dom';
import { DATASOURCE_ID } from '../../constants';
import type { ExporterChoice } from '../context/find-exporter';
import { CONFIGURATION } from '../routes';

const sentences: Record<Exclude<ExporterChoice['status'], 'found'>, string> = {
  none: 'There is no Patchhaven data source yet, or you may not use it. Add one with the URL of the exporter and a token, then choose it in the configuration of this app.',
  unchosen:
    'There are several Patchhaven data sources. Choose the one these pages read from in the configuration of this app.',
  gone: 'The data source chosen for these pages is gone, or you may not use it. Choose another one in the configuration of this app.',
};

/** Stands in place of the pages while it is not known which exporter to ask. */
export function NoExporter({ choice }: { readonly choice: ExporterChoice }): React.JSX.Element {
  const configuration = useHref(CONFIGURATION);
  const addNew = useHref(`/connections/datasources/${DATASOURCE_ID}`);
  return (
    <PluginPage>
      <Alert title="These pages have no exporter to ask" severity="warning">
        <Stack direction="column" gap={2} alignItems="flex-start">
          <span>{choice.status === 'found' ? '' : sentences[choice.status]}</span>
          <Stack gap={1}>
            <LinkButton href={configuration}>Open configuration</LinkButton>
            {choice.status === 'none' && (
              <LinkButton href={addNew} variant="secondary">
                Add a data source
              </LinkButton>
            )}
          </Stack>
        </Stack>
      </Alert>
    </PluginPage>
  );
}
