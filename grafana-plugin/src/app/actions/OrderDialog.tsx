import React, { useState } from 'react';
import { Field, Input, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import type { DeviceDetail, Order } from '../../shared/api/types';
import { formatTime } from '../../shared/format/time';
import { useExporter } from '../context/AppContext';
import { useTimeZone } from '../hooks/useTimeZone';
import { ActionDialog } from './ActionDialog';
import {
  explainedUntil,
  isUncertain,
  newKey,
  type OrderBody,
  type OrderKind,
  type OrderResult,
  toArguments,
  toOrderError,
  toResult,
} from './order-model';
import { ScriptFields } from './ScriptFields';

interface Props {
  readonly kind: OrderKind;
  readonly device: DeviceDetail;
  readonly onResult: (result: OrderResult) => void;
  readonly onDoubt: () => void;
  readonly onClose: () => void;
}

type Mode = NonNullable<Order['mode']>;

const modes: Array<{ value: Mode; label: string; description: string }> = [
  { value: 'normal', label: 'Normal', description: 'Programs are asked to close' },
  { value: 'forced', label: 'Forced', description: 'Waits for no program' },
];

/** Says what will happen, asks for a reason, and sends one order under one key, however often it is confirmed. */
export function OrderDialog({ kind, device, onResult, onDoubt, onClose }: Props): React.JSX.Element {
  const client = useExporter();
  const timeZone = useTimeZone();
  const [key] = useState(newKey);
  const [mode, setMode] = useState<Mode>('normal');
  const [script, setScript] = useState('');
  const [given, setGiven] = useState('');
  const [reason, setReason] = useState('');
  // What may have been ordered can only be asked for again as it was.
  const [inDoubt, setInDoubt] = useState(false);

  const untilOf = async (order: Order): Promise<string | undefined> => {
    if (order.action !== 'reboot' || order.state !== 'accepted' || device.identity.status !== 'matched') {
      return undefined;
    }
    try {
      const until = explainedUntil(order, await client.get('/devices/{id}/explain', { path: { id: device.id } }));
      return until === undefined ? undefined : formatTime(until, timeZone);
    } catch {
      // The order stands; the tab that explains says the same later.
      return undefined;
    }
  };

  const run = async () => {
    const because = { reason: reason.trim() };
    const body: OrderBody =
      kind === 'reboot'
        ? { action: 'reboot', mode, ...because }
        : { action: 'script', script: script.trim(), arguments: toArguments(given), ...because };
    try {
      const path = `/devices/${encodeURIComponent(device.id)}/orders`;
      const order = await client.post<Order>(path, body, { 'Idempotency-Key': key });
      onResult(toResult(order, device.name, await untilOf(order)));
    } catch (cause) {
      setInDoubt((before) => before || isUncertain(cause));
      throw cause;
    }
  };

  const isIncomplete = reason.trim() === '' || (kind === 'script' && script.trim() === '');
  return (
    <ActionDialog
      title={kind === 'reboot' ? `Restart ${device.name}?` : `Run a script on ${device.name}?`}
      confirm={confirmText(kind, mode, inDoubt)}
      confirmVariant="destructive"
      isIncomplete={isIncomplete}
      run={run}
      explain={toOrderError}
      onClose={() => {
        if (inDoubt) {
          onDoubt();
        }
        onClose();
      }}
    >
      <Stack direction="column" gap={2}>
        <Consequences kind={kind} device={device} />
        {kind === 'reboot' ? (
          <Field label="How" noMargin>
            <RadioButtonGroup aria-label="How" options={modes} value={mode} disabled={inDoubt} onChange={setMode} />
          </Field>
        ) : (
          <ScriptFields
            device={device.id}
            script={script}
            given={given}
            disabled={inDoubt}
            onScript={setScript}
            onGiven={setGiven}
          />
        )}
        <Field label="Reason, for the record and the RMM" htmlFor="patchhaven-reason" required noMargin>
          <Input
            id="patchhaven-reason"
            value={reason}
            maxLength={500}
            disabled={inDoubt}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Field>
      </Stack>
    </ActionDialog>
  );
}

function confirmText(kind: OrderKind, mode: Mode, inDoubt: boolean): string {
  if (inDoubt) {
    return 'Ask again';
  }
  if (kind === 'script') {
    return 'Run the script';
  }
  return mode === 'forced' ? 'Force the restart' : 'Restart it';
}

function Consequences({ kind, device }: Pick<Props, 'kind' | 'device'>): React.JSX.Element {
  const { name, organization, source, identity } = device;
  const whose = (
    <>
      <strong>{name}</strong> of <strong>{organization}</strong>
    </>
  );
  if (kind === 'script') {
    return (
      <Text element="p">
        The source {source} runs the script on {whose} as soon as it has taken the order. A script explains no outage:
        if it restarts the device, people are paged. Let it not restart, and order the restart here afterwards.
      </Text>
    );
  }
  return (
    <Text element="p">
      The source {source} restarts {whose} as soon as it has taken the order.{' '}
      {identity.status === 'matched'
        ? 'From when it was sent the outage is explained for the budget of the device (30 minutes unless configured), and no longer: if it is still down then, people are paged. The end is told once the source has taken it.'
        : 'It is matched to no Prometheus instance: its outage pages all the same.'}
    </Text>
  );
}
