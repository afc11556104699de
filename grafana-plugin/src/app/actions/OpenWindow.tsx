import React, { useCallback, useMemo, useState } from 'react';
import { dateTime } from '@grafana/data';
import {
  Button,
  Combobox,
  type ComboboxOption,
  DateTimePicker,
  Field,
  Input,
  MultiCombobox,
  RadioButtonGroup,
  Stack,
  Text,
} from '@grafana/ui';
import type { Answer } from '../../shared/api/types';
import { formatTime } from '../../shared/format/time';
import { useExporter } from '../context/AppContext';
import { useClock } from '../hooks/useClock';
import { useOrganization } from '../hooks/useOrganization';
import { useTimeZone } from '../hooks/useTimeZone';
import { ActionDialog } from './ActionDialog';
import { durations, endAfter, namesOf, type NamedDevice, nextHour } from './window-form';

interface Props {
  /** Fixed devices; without them people choose. All of one organization. */
  readonly devices?: readonly NamedDevice[];
  /** Called with a sentence once the exporter has stored it. */
  readonly onDone: (said: string) => void;
}

const whole = { whiteSpace: 'nowrap' } as const;

const beginnings = [
  { value: 'now', label: 'Now' },
  { value: 'later', label: 'Later' },
];

/** Opens or plans a maintenance window: pauses the alerts that were opted in, silences no outage, has an absolute end. */
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
  const [nowEnd, setNowEnd] = useState(() => endAfter(nowMs, 60));
  const [start, setStart] = useState<number>();
  const end = start === undefined ? nowEnd : endAfter(start, minutes);
  const names = namesOf(chosen);
  const until = formatTime(end, timeZone);
  const from = start === undefined ? '' : formatTime(start, timeZone);

  const run = async () => {
    const body = {
      devices: chosen.map(({ id }) => id),
      ...(start !== undefined && { start: new Date(start).toISOString() }),
      end: new Date(end).toISOString(),
      reason: reason.trim(),
    };
    await client.post<Answer<'/windows'>>('/windows', body);
    onDone(`Maintenance of ${names}${from && ` from ${from}`} until ${until} is stored. The ledger has the record.`);
  };

  return (
    <ActionDialog
      title={start === undefined ? 'Open a maintenance window' : 'Plan a maintenance window'}
      confirm={confirmText(chosen.length, start !== undefined)}
      isIncomplete={chosen.length === 0 || reason.trim() === ''}
      run={run}
      onClose={onClose}
    >
      <Stack direction="column" gap={2}>
        {devices === undefined && <DeviceChooser onChange={setChosen} />}
        <Field label="Begins" noMargin>
          <Stack gap={1} wrap="wrap" alignItems="center">
            <RadioButtonGroup
              aria-label="Begins"
              options={beginnings}
              value={start === undefined ? 'now' : 'later'}
              onChange={(when) => {
                setStart(when === 'later' ? nextHour(nowMs) : undefined);
                setNowEnd(endAfter(nowMs, minutes));
              }}
            />
            {start !== undefined && (
              <DateTimePicker
                date={dateTime(start)}
                minDate={new Date(nowMs)}
                timeZone={timeZone}
                showSeconds={false}
                clearable={false}
                onChange={(date) => date !== undefined && setStart(date.valueOf())}
              />
            )}
          </Stack>
        </Field>
        <Field label="For how long" htmlFor="patchhaven-minutes" noMargin>
          <Combobox
            id="patchhaven-minutes"
            options={durations}
            value={minutes}
            onChange={({ value }) => {
              setMinutes(value);
              setNowEnd(endAfter(nowMs, value));
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
            Alerts that were opted in to maintenance stay silent for <strong>{names}</strong>{' '}
            {from !== '' && (
              <>
                from <strong style={whole}>{from}</strong>{' '}
              </>
            )}
            until <strong style={whole}>{until}</strong>, no longer. Outages page as always, unless a patch explains
            them.
          </Text>
        )}
      </Stack>
    </ActionDialog>
  );
}

function confirmText(devices: number, isPlanned: boolean): string {
  const whose = devices > 1 ? ` of ${devices} devices` : '';
  return isPlanned ? `Plan to pause alerts${whose}` : `Pause alerts${whose}`;
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
