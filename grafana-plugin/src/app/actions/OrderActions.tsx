import React, { useCallback, useState } from 'react';
import { Button, type IconName } from '@grafana/ui';
import type { DeviceDetail, Source } from '../../shared/api/types';
import { useExporter } from '../context/AppContext';
import { type Resource, useResource } from '../hooks/useResource';
import { OrderDialog } from './OrderDialog';
import { type OrderKind, type OrderResult, whyNot } from './order-model';

interface Props {
  readonly device: DeviceDetail;
  /** Called with what became of it. */
  readonly onResult: (result: OrderResult) => void;
  /** Called when a dialog is closed after nobody knows whether its order arrived. */
  readonly onDoubt: () => void;
}

const kinds: ReadonlyArray<{ kind: OrderKind; label: string; icon: IconName }> = [
  { kind: 'reboot', label: 'Restart …', icon: 'sync' },
  { kind: 'script', label: 'Run a script …', icon: 'brackets-curly' },
];

/** Tells the source of a device to restart it or to run a script there. What the source cannot do says why. */
export function OrderActions({ device, onResult, onDoubt }: Props): React.JSX.Element {
  const client = useExporter();
  const [asking, setAsking] = useState<OrderKind>();
  const { resource } = useResource(
    useCallback(async (signal: AbortSignal) => (await client.get('/sources', { signal })).items, [client]),
  );
  return (
    <>
      {kinds.map(({ kind, label, icon }) => {
        const why = reason(resource, kind, device.source);
        return (
          <Button
            key={kind}
            variant="secondary"
            icon={icon}
            disabled={why !== undefined}
            tooltip={why}
            onClick={() => setAsking(kind)}
          >
            {label}
          </Button>
        );
      })}
      {asking !== undefined && (
        <OrderDialog
          kind={asking}
          device={device}
          onResult={onResult}
          onDoubt={onDoubt}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function reason(resource: Resource<Source[]>, kind: OrderKind, source: string): string | undefined {
  if (resource.status === 'loading') {
    return 'Asking what its source can do …';
  }
  if (resource.status === 'error') {
    return `It is not known what its source can do. ${resource.error.message}`;
  }
  return whyNot(kind, source, resource.data);
}
