import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Stack, Text, TextLink, useStyles2 } from '@grafana/ui';
import type { DeviceDetail } from '../../../shared/api/types';
import { deviceLooks } from '../../../shared/format/device-looks';
import { complianceLooks } from '../../../shared/format/looks';
import { ambiguityText } from '../../../shared/format/identity';
import { toMs } from '../../../shared/format/time';
import { CancelWindow } from '../../actions/CancelWindow';
import { RemoveMapping } from '../../actions/RemoveMapping';
import { StateBadge } from '../../components/StateBadge';
import { Countdown, Moment, TimeAgo } from '../../components/Time';
import { Words } from '../../components/Words';
import { useClock } from '../../hooks/useClock';
import { useLinks } from '../../hooks/useLinks';

interface Props {
  readonly device: DeviceDetail;
  readonly onDone: (said: string) => void;
  /** Set when this user may not act. */
  readonly why: string | undefined;
}

/** State in words, open windows with their end, and the facts people ask for first. */
export function DeviceHeader({ device, onDone, why }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const nowMs = useClock(1_000);
  const { verdict, reasons } = device.compliance;
  return (
    <div className={styles.header}>
      <Stack gap={1} wrap="wrap">
        {deviceLooks(device, nowMs).map((look) => (
          <StateBadge key={look.text} look={look} />
        ))}
        <StateBadge look={complianceLooks[verdict]} title={reasons.join('; ')} />
      </Stack>
      {(['quiet', 'maintenance'] as const).map((kind) => (
        <OpenWindowLine
          key={kind}
          kind={kind}
          device={device}
          nowMs={nowMs}
          onDone={onDone}
          canCancel={why === undefined}
        />
      ))}
      {device.quietCappedUntil !== null && toMs(device.quietCappedUntil) > nowMs && (
        <Text element="p">
          Its quiet time for the day is used up: each outage pages until <Moment at={device.quietCappedUntil} />.
        </Text>
      )}
      {device.stale && (
        <Alert severity="warning" title="What its source said is too old to be believed">
          Each outage of this device pages until the source {device.source} answers again.
        </Alert>
      )}
      <Facts device={device} canUnmatch={why === undefined} onDone={onDone} />
      {why !== undefined && (
        <Text color="secondary" variant="bodySmall">
          {why}
        </Text>
      )}
    </div>
  );
}

interface LineProps {
  readonly kind: 'quiet' | 'maintenance';
  readonly device: DeviceDetail;
  readonly nowMs: number;
  readonly canCancel: boolean;
  readonly onDone: (said: string) => void;
}

function OpenWindowLine({ kind, device, nowMs, canCancel, onDone }: LineProps): React.JSX.Element | null {
  const window = device[kind];
  if (window?.open !== true || toMs(window.endsAt) <= nowMs) {
    return null;
  }
  return (
    <Stack gap={1} alignItems="center" wrap="wrap">
      <span>
        {kind === 'quiet' ? 'Muted' : 'In maintenance'} for another{' '}
        <strong>
          <Countdown to={window.endsAt} />
        </strong>
        , until <Moment at={window.endsAt} near={nowMs} />, because of:{' '}
        <Words text={window.cause} near={window.endsAt} />.
      </span>
      {canCancel && (
        <CancelWindow window={{ ...window, kind, device: device.id, deviceName: device.name }} onDone={onDone} />
      )}
    </Stack>
  );
}

interface FactsProps {
  readonly device: DeviceDetail;
  readonly canUnmatch: boolean;
  readonly onDone: (said: string) => void;
}

function Facts({ device, canUnmatch, onDone }: FactsProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const linkTo = useLinks();
  const { organization, site, groups, identity, os, lastSeenAt, lastBootAt, lastInstall } = device;
  return (
    <dl className={styles.facts}>
      <Fact name="Organization">{organization}</Fact>
      <Fact name="Site">{site ?? '–'}</Fact>
      <Fact name="Groups">{groups.join(', ') || '–'}</Fact>
      <Fact name="Prometheus instance">
        {identity.status === 'matched' ? (
          <>
            {identity.instance}
            {identity.by === 'mapping' && ' (mapped)'}
            {identity.by === 'mapping' && canUnmatch && (
              <RemoveMapping device={device} instance={identity.instance} onDone={onDone} />
            )}
          </>
        ) : (
          <TextLink href={linkTo('unmatched', { organization })} inline>
            {identity.status === 'ambiguous' ? ambiguityText(device.id, identity.candidates) : 'none: match it by hand'}
          </TextLink>
        )}
      </Fact>
      <Fact name="System">{os === null ? '–' : [os.name, os.build].filter(Boolean).join(' ')}</Fact>
      <Fact name="Last seen">{lastSeenAt === null ? 'never' : <TimeAgo at={lastSeenAt} />}</Fact>
      <Fact name="Last boot">{lastBootAt === null ? 'unknown' : <TimeAgo at={lastBootAt} />}</Fact>
      <Fact name="Last install">
        {lastInstall === null ? (
          'unknown'
        ) : (
          <>
            <TimeAgo at={lastInstall.at} />: {lastInstall.patches.map(({ id }) => id).join(', ')}
          </>
        )}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }): React.JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), marginBottom: theme.spacing(2) }),
  facts: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 3),
    margin: 0,
    dt: { color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: 'normal' },
    dd: { margin: 0, overflowWrap: 'anywhere' },
  }),
});
