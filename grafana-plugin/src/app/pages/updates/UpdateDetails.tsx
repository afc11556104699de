import React, { useCallback } from 'react';
import { LinkButton, Stack, Text, TextLink } from '@grafana/ui';
import type { UpdateDetail } from '../../../shared/api/types';
import { patchStatusLooks, severityLooks } from '../../../shared/format/looks';
import { PageState } from '../../components/PageState';
import { StateBadge } from '../../components/StateBadge';
import { TimeAgo } from '../../components/Time';
import { useExporter } from '../../context/AppContext';
import { useLinks } from '../../hooks/useLinks';
import { useOrganization } from '../../hooks/useOrganization';
import { useResource } from '../../hooks/useResource';
import { PlacesTable } from './PlacesTable';
import { articleUrl } from './update-text';

/** One update: how many devices have it how, and where it hurts. */
export function UpdateDetails({ id }: { readonly id: string }): React.JSX.Element {
  const client = useExporter();
  const link = useLinks();
  const [organization] = useOrganization();
  const handle = useResource(
    useCallback(
      (signal: AbortSignal) => client.get('/updates/{id}', { path: { id }, query: { organization }, signal }),
      [client, id, organization],
    ),
    { refreshMs: 60_000 },
  );
  return (
    <Stack direction="column" gap={2} alignItems="stretch">
      <div>
        <LinkButton href={link('updates')} icon="arrow-left" size="sm" variant="secondary" fill="text">
          All updates
        </LinkButton>
      </div>
      <PageState handle={handle} what={id}>
        {(update) => <Found update={update} />}
      </PageState>
    </Stack>
  );
}

function Found({ update }: { readonly update: UpdateDetail }): React.JSX.Element {
  const article = articleUrl(update.id);
  return (
    <Stack direction="column" gap={3}>
      <Stack direction="column" gap={1}>
        <Text element="h2" variant="h3">
          {update.id === update.title ? update.id : `${update.id} ${update.title}`}
        </Text>
        <Stack gap={1} wrap="wrap" alignItems="center">
          <StateBadge look={severityLooks[update.severity]} />
          <Text color="secondary">
            {`Kind: ${update.kind}.`}
            {update.oldestFirstSeenAt !== null && (
              <>
                {' '}
                Open since <TimeAgo at={update.oldestFirstSeenAt} />.
              </>
            )}
          </Text>
          {article !== undefined && (
            <TextLink href={article} external>
              What the vendor says
            </TextLink>
          )}
        </Stack>
        <Statuses update={update} />
      </Stack>
      <PlacesTable update={update.id} title="By organization" places={update.organizations} by="organization" />
      <PlacesTable update={update.id} title="By site" places={update.sites} by="site" />
      <PlacesTable update={update.id} title="By operating system" places={update.operatingSystems} by="os" />
    </Stack>
  );
}

/** Each status leads to the devices that have the update so. */
function Statuses({ update }: { readonly update: UpdateDetail }): React.JSX.Element {
  const link = useLinks();
  const order = ['failed', 'missing', 'approved', 'installing', 'unknown', 'installed', 'rejected'] as const;
  return (
    <Stack gap={2} wrap="wrap">
      {order
        .filter((status) => (update.devices[status] ?? 0) > 0)
        .map((status) => (
          <Stack key={status} gap={0.5} alignItems="center">
            <StateBadge look={patchStatusLooks[status]} />
            <TextLink href={link('fleet', { patch: update.id, patchStatus: status })}>
              {`${(update.devices[status] ?? 0).toLocaleString()} ${update.devices[status] === 1 ? 'device' : 'devices'}`}
            </TextLink>
          </Stack>
        ))}
    </Stack>
  );
}
