import React, { useState } from 'react';
import { Button, Text } from '@grafana/ui';
import type { components } from '../../shared/api/openapi';
import { useExporter } from '../context/AppContext';
import { ActionDialog } from './ActionDialog';

interface Props {
  readonly device: { readonly id: string; readonly name: string };
  readonly instance: string;
  /** Called with a sentence once the exporter has forgotten it. */
  readonly onDone: (said: string) => void;
}

type Result = components['schemas']['MappingResult'];

function saidOf(name: string, identity: Result['identity']): string {
  if (identity.status !== 'matched') {
    return `${name} is no longer matched: its alerts always page. The audit record has your name.`;
  }
  return identity.by === 'mapping'
    ? `${name} stays matched to ${identity.instance}: the configuration of the exporter says so.`
    : `${name} is no longer matched by hand; by itself it belongs to ${identity.instance}.`;
}

/** Takes back what somebody matched by hand; from then on the device is matched by itself or not at all. */
export function RemoveMapping({ device, instance, onDone }: Props): React.JSX.Element {
  const client = useExporter();
  const [isAsking, setAsking] = useState(false);
  const run = async () => {
    const body = { instance: null };
    const { identity } = await client.put<Result>(`/devices/${encodeURIComponent(device.id)}/mapping`, body);
    onDone(saidOf(device.name, identity));
  };
  return (
    <>
      <Button size="sm" variant="secondary" fill="text" icon="link-broken" onClick={() => setAsking(true)}>
        Remove match
      </Button>
      {isAsking && (
        <ActionDialog
          title={`Take ${device.name} and ${instance} apart?`}
          confirm="Remove match"
          confirmVariant="destructive"
          run={run}
          onClose={() => setAsking(false)}
        >
          <Text element="p">
            Alerts of {instance} will no longer count as those of {device.name} because somebody matched them by hand.
            Where nothing else ties it to one instance, its alerts always page, also when it restarts after a patch.
          </Text>
        </ActionDialog>
      )}
    </>
  );
}
