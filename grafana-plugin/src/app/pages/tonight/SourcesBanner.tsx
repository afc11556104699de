import React from 'react';
import { Alert, TextLink } from '@grafana/ui';
import type { Source } from '../../../shared/api/types';
import { toSentence } from '../../../shared/format/sentence';
import { TimeAgo } from '../../components/Time';
import type { ResourceHandle } from '../../hooks/useResource';
import { useClock } from '../../hooks/useClock';
import { useLinks } from '../../hooks/useLinks';
import { silentSources } from './tonight-model';

/** Says honestly when a night is loud because nobody can tell what is being patched. */
export function SourcesBanner({ sources }: { readonly sources: ResourceHandle<readonly Source[]> }) {
  const linkTo = useLinks();
  const nowMs = useClock(10_000);
  const { resource } = sources;
  if (resource.status === 'loading') {
    return null;
  }
  if (resource.status === 'error') {
    return (
      <Alert severity="warning" title="It is not known whether the sources answer">
        {resource.error.message}
      </Alert>
    );
  }
  if (resource.data.length === 0) {
    return (
      <Alert severity="info" title="No source yet: nothing is muted">
        Nothing tells Patchhaven of patches, so each outage pages. Add a source to the configuration of the exporter.
      </Alert>
    );
  }
  const silent = silentSources(resource.data, nowMs);
  if (silent.length === 0) {
    return null;
  }
  const all = silent.length === resource.data.length;
  return (
    <Alert
      severity="error"
      title={
        all
          ? 'No source answers: nothing new is muted'
          : `${silent.length} of ${resource.data.length} sources ${silent.length === 1 ? 'is' : 'are'} silent`
      }
    >
      {all ? 'Each outage pages' : 'Outages of their devices page'}, whether a patch is the reason or not, until they
      answer again. Windows that are open end at their time.
      <ul>
        {silent.map((source) => (
          <li key={source.id}>
            <TextLink href={linkTo('sources', { source: source.id })} inline>
              {source.id}
            </TextLink>
            {source.lastSuccessAt === null ? (
              ': never read'
            ) : (
              <>
                : last read <TimeAgo at={source.lastSuccessAt} />
              </>
            )}
            {source.lastErrorMessage !== null && `. ${toSentence(source.lastErrorMessage)}`}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
