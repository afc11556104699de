import React, { useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Icon, Stack, Text, TextLink, useStyles2 } from '@grafana/ui';
import type { Source } from '../../../shared/api/types';
import { formatDuration } from '../../../shared/format/duration';
import { sourceLook } from '../../../shared/format/looks';
import { toSentence } from '../../../shared/format/sentence';
import { toMs } from '../../../shared/format/time';
import { StateBadge } from '../../components/StateBadge';
import { TimeAgo } from '../../components/Time';
import { useLinks } from '../../hooks/useLinks';
import { useNow } from '../../hooks/useNow';
import { RunTable } from './RunTable';
import { capabilityText, errorSentence } from './source-words';

/** One source: does it answer, what does it know, what did its last reads do. */
export function SourceCard({ source }: { readonly source: Source }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [showsRuns, setShowsRuns] = useState(false);
  const heading = `source-${source.id}`;
  const able = capabilityText(source.capabilities);
  return (
    <section className={styles.card} aria-labelledby={heading}>
      <Stack direction="column" gap={1.5}>
        <Stack gap={1} alignItems="center" wrap="wrap">
          <Text element="h2" variant="h4">
            <span id={heading}>{source.id}</span>
          </Text>
          <Text color="secondary">{source.type}</Text>
          <StateBadge look={sourceLook(source)} />
          {source.reading !== null && <Reading reading={source.reading} />}
        </Stack>
        <Freshness source={source} />
        {source.lastErrorKind !== null && <LastError source={source} />}
        <Devices source={source} />
        {able !== '' && (
          <Text variant="bodySmall" color="secondary">
            Knows: {able}
          </Text>
        )}
        {source.intervalSeconds > 0 && (
          <div>
            <Button
              size="sm"
              variant="secondary"
              fill="outline"
              icon={showsRuns ? 'angle-up' : 'angle-down'}
              aria-expanded={showsRuns}
              onClick={() => setShowsRuns(!showsRuns)}
            >
              Recent reads
            </Button>
          </div>
        )}
        {showsRuns && <RunTable source={source.id} />}
      </Stack>
    </section>
  );
}

function Reading({ reading }: { readonly reading: NonNullable<Source['reading']> }): React.JSX.Element {
  const now = useNow(1_000);
  const { what, count, since } = reading;
  const progress = what === null || count === null ? '' : `, ${count.toLocaleString()} ${what}`;
  return (
    <Text color="info">
      <Icon name="sync" /> reading for {formatDuration(now - toMs(since))}
      {progress}
    </Text>
  );
}

function Freshness({ source }: { readonly source: Source }): React.JSX.Element {
  const { lastSuccessAt, lastAttemptAt, intervalSeconds } = source;
  return (
    <Text>
      {lastSuccessAt === null ? (
        intervalSeconds > 0 ? (
          'Never read completely'
        ) : (
          'Nothing to read'
        )
      ) : (
        <>
          Last read completely <TimeAgo at={lastSuccessAt} />
        </>
      )}
      {lastAttemptAt !== null && lastAttemptAt !== lastSuccessAt && (
        <>
          , last tried <TimeAgo at={lastAttemptAt} />
        </>
      )}
      {intervalSeconds > 0 ? `. Read every ${formatDuration(intervalSeconds * 1000)}.` : ': it sends by itself.'}
    </Text>
  );
}

function LastError({ source }: { readonly source: Source }): React.JSX.Element {
  return (
    <Alert
      title={source.up === false ? 'The last read failed' : 'A read failed'}
      severity={source.up === false ? 'error' : 'warning'}
      bottomSpacing={0}
    >
      {source.up === false && (
        <div>Its data ages. Evidence of a source that does not answer mutes nothing: alerts page.</div>
      )}
      <div>{errorSentence(source.lastErrorKind ?? '')}</div>
      {source.lastErrorMessage !== null && <div>{toSentence(source.lastErrorMessage)}</div>}
    </Alert>
  );
}

function Devices({ source }: { readonly source: Source }): React.JSX.Element {
  const link = useLinks();
  const { devices, unmatched, ambiguous } = source;
  const loose = [
    unmatched > 0 ? `${unmatched.toLocaleString()} not matched` : '',
    ambiguous > 0 ? `${ambiguous.toLocaleString()} ambiguous` : '',
  ].filter((words) => words !== '');
  return (
    <Stack gap={2} wrap="wrap">
      {devices === 0 ? (
        <Text color="secondary">No devices</Text>
      ) : (
        <TextLink href={link('fleet', { source: source.id })}>
          {`${devices.toLocaleString()} ${devices === 1 ? 'device' : 'devices'}`}
        </TextLink>
      )}
      {loose.length > 0 && (
        <TextLink href={link('sources', { source: source.id, tab: 'unmatched' })}>
          {`${loose.join(', ')}: they always page`}
        </TextLink>
      )}
    </Stack>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    padding: theme.spacing(2),
  }),
});
