import React, { useState } from 'react';
import { getDataSourceSrv } from '@grafana/runtime';
import { Alert, Button, Stack } from '@grafana/ui';

interface Result {
  readonly status: 'success' | 'error';
  readonly message: string;
}

/** Asks the data source itself whether it works; its words name what is wrong. */
export function TestButton({ uid }: { readonly uid: string }): React.JSX.Element {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>();
  const test = async () => {
    setBusy(true);
    setResult(await run(uid));
    setBusy(false);
  };
  return (
    <Stack direction="column" gap={1} alignItems="flex-start">
      <Button size="sm" variant="secondary" icon="heart" disabled={busy} onClick={() => void test()}>
        {busy ? 'Testing …' : 'Test'}
      </Button>
      {result !== undefined && (
        <Alert title={result.status === 'success' ? 'It works' : 'It does not work'} severity={result.status}>
          {result.message}
        </Alert>
      )}
    </Stack>
  );
}

async function run(uid: string): Promise<Result> {
  try {
    const source = await getDataSourceSrv().get(uid);
    const { status, message } = (await source.testDatasource()) as { status?: unknown; message?: unknown };
    return { status: status === 'success' ? 'success' : 'error', message: typeof message === 'string' ? message : '' };
  } catch (error) {
    return { status: 'error', message: error instanceof Error ? error.message : 'The data source did not answer.' };
  }
}
