import React from 'react';
import { TextLink } from '@grafana/ui';
import { useLinks } from '../hooks/useLinks';
import type { DeviceTab } from '../routes';

interface Props {
  /** What records carry of a device: its name is null when it is gone. */
  readonly of: { readonly device: string; readonly deviceName: string | null; readonly organization: string };
  readonly tab?: DeviceTab;
}

/** Name of a device, leading to its page. */
export function DeviceLink({ of, tab }: Props): React.JSX.Element {
  const linkTo = useLinks();
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <TextLink href={linkTo('device', { id: of.device, organization: of.organization, tab })} inline={false}>
        {of.deviceName ?? of.device}
      </TextLink>
    </span>
  );
}
