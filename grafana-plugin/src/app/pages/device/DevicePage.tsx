import React, { useCallback } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, LinkButton, Stack, TextLink } from '@grafana/ui';
import { useHref } from 'react-router-dom';
import { PageState } from '../../components/PageState';
import { useExporter } from '../../context/AppContext';
import { useLinks } from '../../hooks/useLinks';
import { useOrganization } from '../../hooks/useOrganization';
import { useResource } from '../../hooks/useResource';
import { useUrlParam } from '../../hooks/useUrlParam';
import { DeviceView } from './DeviceView';
import { type DeviceName, findDevice, type FoundDevice } from './find-device';

const refreshMs = 15_000;

/** One device: what is known of it, and why it would page or not. Found by id, or as alerts name it. */
export default function DevicePage(): React.JSX.Element {
  const client = useExporter();
  const [id] = useUrlParam('id');
  const [instance] = useUrlParam('instance');
  const [organization] = useOrganization();
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => findDevice(client, { id, instance, organization }, signal),
      [client, id, instance, organization],
    ),
    { refreshMs },
  );
  const { resource } = handle;
  if ((resource.status === 'ready' || resource.status === 'stale') && resource.data.status === 'found') {
    return <DeviceView key={resource.data.device.id} device={resource.data.device} handle={handle} />;
  }
  return (
    <PluginPage pageNav={{ text: instance ?? id ?? 'Device' }}>
      <PageState handle={handle} what="this device">
        {(found) => <NotFound found={found} name={{ id, instance, organization }} />}
      </PageState>
    </PluginPage>
  );
}

function NotFound({ found, name }: { readonly found: FoundDevice; readonly name: DeviceName }): React.JSX.Element {
  const linkTo = useLinks();
  const unmatched = useHref(linkTo('unmatched'));
  const fleet = useHref(linkTo('fleet'));
  if (found.status === 'several') {
    return (
      <Alert severity="warning" title={`Several organizations have ${name.instance ?? ''}`}>
        <Stack direction="column" gap={1}>
          Choose the one that is meant.
          {found.devices.map((device) => (
            <TextLink
              key={device.id}
              href={linkTo('device', { id: device.id, organization: device.organization })}
              inline={false}
            >
              {`${device.name} of ${device.organization}`}
            </TextLink>
          ))}
        </Stack>
      </Alert>
    );
  }
  if (found.status === 'unnamed') {
    return (
      <Alert severity="info" title="This link names no device">
        <LinkButton href={fleet}>Choose one of the fleet</LinkButton>
      </Alert>
    );
  }
  const where = name.organization === undefined ? '' : ` in ${name.organization}`;
  return (
    <Alert severity="warning" title={`No device is matched to ${name.instance ?? ''}${where}`}>
      <Stack direction="column" gap={1} alignItems="flex-start">
        Nothing that Prometheus says of it is ever muted: it pages like any other. If a source knows this machine, match
        it by hand.
        <LinkButton href={unmatched}>Devices without a match</LinkButton>
      </Stack>
    </Alert>
  );
}
