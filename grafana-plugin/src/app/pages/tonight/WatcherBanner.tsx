import React from 'react';
import { Alert } from '@grafana/ui';
import type { Answer } from '../../../shared/api/types';
import { TimeAgo } from '../../components/Time';
import { useClock } from '../../hooks/useClock';
import type { ResourceHandle } from '../../hooks/useResource';
import { isWatcherSilent } from './tonight-model';

/** Says when Prometheus no longer tells who is down: the other reason why a night gets loud. */
export function WatcherBanner({ status }: { readonly status: ResourceHandle<Answer<'/status'>> }) {
  const nowMs = useClock(10_000);
  const { resource } = status;
  if (resource.status === 'loading' || resource.status === 'error' || !isWatcherSilent(resource.data.watcher, nowMs)) {
    return null;
  }
  const { lastSuccessAt } = resource.data.watcher;
  return (
    <Alert severity="error" title="Prometheus does not answer: nothing new is muted">
      Each outage pages, whether a patch is the reason or not. Windows that are open end at their time.{' '}
      {lastSuccessAt === null ? (
        'Prometheus has not answered since the exporter started.'
      ) : (
        <>
          Its alerts were last read <TimeAgo at={lastSuccessAt} />.
        </>
      )}
    </Alert>
  );
}
