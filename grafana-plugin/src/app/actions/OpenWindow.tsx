import React, { useCallback, useMemo, useState } from 'react';
import { Button, Combobox, type ComboboxOption, Field, Input, MultiCombobox, Stack, Text } from '@grafana/ui';
import type { Answer } from '../../shared/api/types';
import { formatTime } from '../../shared/format/time';
import { useExporter } from '../context/AppContext';
import { useClock } from '../hooks/useClock';
import { useOrganization } from '../hooks/useOrganization';
import { useTimeZone } from '../hooks/useTimeZone';
import { ActionDialog } from './ActionDialog';
import { durations, endAfter, namesOf, type NamedDevice } from './window-form';

interface Props {
  /** Fixed devices; without them people choose. All of one organization. */
  readonly devices?: readonly NamedDevice[];
  /** Called with a sentence once the exporter has stored it. */
  readonly onDone: (said: string) => void;
}

/** Opens a maintenance window: pauses the alerts that were opted in, silences no outage, and has an absolute end. */
export function OpenWindow({ devices, onDone }: Props): React.JSX.Element {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button variant="secondary" icon="pause-circle" onClick={() => setAsking(true)}>
        Open maintenance window
      </Button>
      {isAsking && <Dialog devices={devices} onDone={onDone} onClose={() => setAsking(false)} />}
    </>
  );
}

function Dialog({ devices, onDone, onClose }: Props & { readonly onClose: () => void }): React.JSX.Element {
  const client = useExporter();
  const timeZone = useTimeZone();
  const nowMs = useClock(10_000);
  const [chosen, setChosen] = useState<readonly NamedDevice[]>(devices ?? []);
  const [minutes, setMinutes] = useState(60);
  const [reason, setReason] = useState('');
  // Fixed when it is chosen: what people read is what is sent.
  const [end, setEnd] = useState(() => endAfter(nowMs, 60));
  const names = namesOf(chosen);
  const until = formatTime(end, timeZone);

  const run = async () => {
    const body = { devices: chosen.map(({ id }) => id), end: new Date(end).toISOString(), reason: reason.trim() };
    await client.post<Answer<'/windows'>>('/windows', body);
    onDone(`Maintenance of ${names} until ${until} is stored. The ledger has the record.`);
  };

  return (
    <ActionDialog
      title="Open a maintenance window"
      confirm={chosen.length > 1 ? `Pause alerts of ${chosen.length} devices` : 'Pause alerts'}
      isIncomplete={chosen.length === 0 || reason.trim() === ''}
      run={run}
      onClose={onClose}
    >
      <Stack direction="column" gap={2}>
        {devices === undefined && <DeviceChooser onChange={setChosen} />}
        <Field label="For how long" htmlFor="patchhaven-minutes" noMargin>
          <Combobox
            id="patchhaven-minutes"
            options={durations}
            value={minutes}
            onChange={({ value }) => {
              setMinutes(value);
              setEnd(endAfter(nowMs, value));
            }}
          />
        </Field>
        <Field label="Reason, for the ledger" htmlFor="patchhaven-reason" required noMargin>
          <Input
            id="patchhaven-reason"
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Field>
        {chosen.length > 0 && (
          <Text element="p">
            Alerts that were opted in to maintenance stay silent for <strong>{names}</strong> until{' '}
            <strong>{until}</strong>, no longer. Outages page as always, unless a patch explains them.
          </Text>
        )}
      </Stack>
    </ActionDialog>
  );
}

function DeviceChooser({ onChange }: { readonly onChange: (devices: readonly NamedDevice[]) => void }) {
  const client = useExporter();
  const [organization] = useOrganization();
  const [value, setValue] = useState<Array<ComboboxOption<string>>>([]);
  const search = useCallback(
    async (text: string): Promise<Array<ComboboxOption<string>>> => {
      const query = { organization, limit: 50, identity: 'matched', text: text === '' ? undefined : text };
      const { items } = await client.get('/devices', { query });
      return items.map(({ id, name, organization: of, site }) => ({
        value: id,
        label: name,
        description: [of, site].filter(Boolean).join(', '),
      }));
    },
    [client, organization],
  );
  const asDevices = useMemo(
    () => (options: Array<ComboboxOption<string>>) =>
      options.map(({ value: id, label }) => ({ id, name: label ?? id })),
    [],
  );
  return (
    <Field
      label="Devices"
      description="Matched to Prometheus, all of one organization."
      htmlFor="patchhaven-devices"
      noMargin
    >
      <MultiCombobox
        id="patchhaven-devices"
        options={search}
        value={value}
        placeholder="Part of a name"
        onChange={(options) => {
          setValue(options);
          onChange(asDevices(options));
        }}
      />
    </Field>
  );
}
