import React, { useState } from 'react';
import { Button, Field, Input, Stack, Text } from '@grafana/ui';
import type { PatchWindow } from '../../shared/api/types';
import { Moment } from '../components/Time';
import { Words } from '../components/Words';
import { useExporter } from '../context/AppContext';
import { ActionDialog } from './ActionDialog';

type Target = Pick<PatchWindow, 'id' | 'kind' | 'device' | 'deviceName' | 'cause' | 'endsAt'>;

interface Props {
  readonly window: Target;
  /** Called with a sentence once the exporter has closed it. */
  readonly onDone: (said: string) => void;
}

/** Ends a window now. A quiet one cannot be opened again for the same outage, so its device has to be typed. */
export function CancelWindow({ window, onDone }: Props): React.JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const name = window.deviceName ?? window.device;
  return (
    <>
      <Button
        size="sm"
        variant="secondary"
        icon="times"
        aria-label={`Cancel window of ${name}`}
        onClick={() => setAsking(true)}
      >
        Cancel window
      </Button>
      {isAsking && <Dialog window={window} name={name} onDone={onDone} onClose={() => setAsking(false)} />}
    </>
  );
}

interface DialogProps extends Props {
  readonly name: string;
  readonly onClose: () => void;
}

function Dialog({ window, name, onDone, onClose }: DialogProps): React.JSX.Element {
  const client = useExporter();
  const [reason, setReason] = useState('');
  const isQuiet = window.kind === 'quiet';
  const run = async () => {
    await client.delete(`/windows/${encodeURIComponent(window.id)}`, reason.trim() === '' ? {} : { reason });
    onDone(`The window of ${name} is closed: its alerts flow again. The ledger has the record.`);
  };
  return (
    <ActionDialog
      title={isQuiet ? `Page for ${name} again?` : `End the maintenance of ${name}?`}
      confirm={isQuiet ? 'End the quiet window' : 'End the maintenance window'}
      confirmVariant="destructive"
      typed={isQuiet ? name : undefined}
      run={run}
      onClose={onClose}
    >
      <Stack direction="column" gap={2}>
        <Text element="p">
          {name} is in a {window.kind} window until <Moment at={window.endsAt} />, because of:{' '}
          <Words text={window.cause} near={window.endsAt} />.{' '}
          {isQuiet
            ? 'When it ends now and the device is still down, people are paged at once, and this outage gets no second window.'
            : 'When it ends now, its alerts flow again at once.'}
        </Text>
        <Field label="Reason, for the ledger" htmlFor="patchhaven-reason" noMargin>
          <Input
            id="patchhaven-reason"
            value={reason}
            maxLength={500}
            placeholder="Cancelled by hand"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Field>
      </Stack>
    </ActionDialog>
  );
}
