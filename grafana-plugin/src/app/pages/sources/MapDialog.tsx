import React, { useCallback, useState } from 'react';
import { Alert, Button, Modal, Stack, Text } from '@grafana/ui';
import type { components } from '../../../shared/api/openapi';
import { toExporterError } from '../../../shared/api/exporter-error';
import type { Device } from '../../../shared/api/types';
import { PageState } from '../../components/PageState';
import { useExporter } from '../../context/AppContext';
import { useResource } from '../../hooks/useResource';
import { InstanceField } from './InstanceField';

type MappingResult = components['schemas']['MappingResult'];

interface Props {
  readonly device: Device;
  readonly onClose: () => void;
  readonly onMapped: () => void;
}

/** Ties a device to an instance: choose, read what it means, confirm. Nothing is shown as done before the exporter says so. */
export function MapDialog({ device, onClose, onMapped }: Props): React.JSX.Element {
  const client = useExporter();
  const candidates = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/devices/{id}/candidates', { path: { id: device.id }, signal }),
      [client, device.id],
    ),
  );
  const [typed, setTyped] = useState('');
  const instance = typed.trim();
  const { busy, failure, done, send } = useMapping(device, onMapped);
  return (
    <Modal title={`Match ${device.name}`} isOpen onDismiss={onClose}>
      <Stack direction="column" gap={2}>
        {done === undefined ? (
          <>
            <PageState handle={candidates} what="instances">
              {(list) => <InstanceField list={list} value={typed} onChange={setTyped} />}
            </PageState>
            {instance !== '' && (
              <Alert title="What this does" severity="warning">
                Alerts of <strong>{instance}</strong> will count as alerts of <strong>{device.name}</strong> (
                {device.organization}). When {device.name} restarts after a patch, they are muted. If {instance} is
                another machine, its real outage is muted instead.
              </Alert>
            )}
            {failure !== undefined && (
              <Alert title="Not matched" severity="error">
                {failure}
              </Alert>
            )}
            <Modal.ButtonRow>
              <Button variant="secondary" fill="outline" onClick={onClose}>
                Cancel
              </Button>
              <Button disabled={instance === '' || busy} onClick={() => send(instance)}>
                {busy ? 'Matching …' : `Match ${device.name}`}
              </Button>
            </Modal.ButtonRow>
          </>
        ) : (
          <Done device={device} result={done} onClose={onClose} />
        )}
      </Stack>
    </Modal>
  );
}

function useMapping(device: Device, onMapped: () => void) {
  const client = useExporter();
  const [state, setState] = useState<{ busy: boolean; failure?: string; done?: MappingResult }>({ busy: false });
  const send = async (instance: string) => {
    setState({ busy: true });
    try {
      const done = await client.put<MappingResult>(`/devices/${encodeURIComponent(device.id)}/mapping`, { instance });
      setState({ busy: false, done });
      onMapped();
    } catch (error) {
      setState({ busy: false, failure: toExporterError(error).message });
    }
  };
  return { ...state, send: (instance: string) => void send(instance) };
}

interface DoneProps {
  readonly device: Device;
  readonly result: MappingResult;
  readonly onClose: () => void;
}

/** The mapping is stored, but what came of it is the exporter's to say. */
function Done({ device, result, onClose }: DoneProps): React.JSX.Element {
  const { identity } = result;
  return (
    <>
      {identity.status === 'matched' ? (
        <Alert title={`${device.name} is matched`} severity="success">
          Its alerts are those of {identity.instance}. Its own page has the way back.
        </Alert>
      ) : (
        <Alert title="Stored, but still without a match" severity="warning">
          {identity.status === 'ambiguous'
            ? `The instance is claimed by several devices (${identity.candidates.join(', ')}), so it counts as nobody's.`
            : 'The configuration of the exporter says otherwise, and comes first.'}
        </Alert>
      )}
      <Text color="secondary">The mapping stands in the audit record under your name.</Text>
      <Modal.ButtonRow>
        <Button onClick={onClose}>Close</Button>
      </Modal.ButtonRow>
    </>
  );
}
