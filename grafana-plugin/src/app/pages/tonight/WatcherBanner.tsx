import React from 'react';
import { Alert } from '@grafana/ui';
import { TimeAgo } from '../../components/Time';
import { useCaller } from '../../context/CallerContext';
import { useClock } from '../../hooks/useClock';
import { isWatcherSilent } from './tonight-model';

/** Says when Prometheus no longer tells who is down: the other reason why a night gets loud. */
export function WatcherBanner(): React.JSX.Element | null {
  const nowMs = useClock(10_000);
  const resource = useCaller();
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
