import React, { useState } from 'react';
import { Alert, Button, Stack } from '@grafana/ui';
import { toExporterError } from '../../../shared/api/exporter-error';
import { download } from '../../components/download';
import { useExporter } from '../../context/AppContext';
import type { DeviceQuery } from './filters';

/** Saves every device that fits the filters, not only the page that is shown. */
export function CsvButton({ query }: { readonly query: DeviceQuery }): React.JSX.Element {
  const client = useExporter();
  const [state, setState] = useState<{ readonly busy: boolean; readonly failure?: string }>({ busy: false });
  const save = async () => {
    setState({ busy: true });
    try {
      // Spreadsheets take a file without this mark for one in an old code page.
      download('patchhaven-devices.csv', new Blob(['\uFEFF', await client.devicesCsv(query)], { type: 'text/csv' }));
      setState({ busy: false });
    } catch (error) {
      setState({ busy: false, failure: toExporterError(error).message });
    }
  };
  return (
    <Stack direction="column" alignItems="flex-end" gap={1}>
      <Button
        size="sm"
        variant="secondary"
        icon="download-alt"
        disabled={state.busy}
        tooltip="All devices that fit the filters, as a table"
        onClick={() => void save()}
      >
        {state.busy ? 'Collecting …' : 'Export CSV'}
      </Button>
      {state.failure !== undefined && (
        <Alert title="Could not export" severity="error" onRemove={() => setState({ busy: false })}>
          {state.failure}
        </Alert>
      )}
    </Stack>
  );
}
