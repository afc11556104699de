import React, { useCallback, useMemo } from 'react';
import type { DataFrame } from '@grafana/data';
import { Text, TextLink } from '@grafana/ui';
import type { DeviceDetail } from '../../../shared/api/types';
import { Timeline } from '../../../timeline/Timeline';
import type { TimeSpan } from '../../../timeline/types';
import { PageState } from '../../components/PageState';
import { useExporter, useSettings } from '../../context/AppContext';
import { type RawSpan, toTimeRange } from '../../hooks/time-span';
import { toQuerySpan } from '../../hooks/query-span';
import { useClock } from '../../hooks/useClock';
import { type Resource, useResource } from '../../hooks/useResource';
import { useTimeZone } from '../../hooks/useTimeZone';
import { useWidth } from '../../hooks/useWidth';
import { CONFIGURATION } from '../../routes';
import { deviceScene } from './device-scene';
import { ofOrganization, readUptime } from './uptime';

interface Props {
  readonly device: DeviceDetail;
  readonly span: RawSpan;
  readonly onSpan: (span: RawSpan) => void;
  readonly round: number;
}

const refreshMs = 30_000;
const cap = 5_000;
const heightPx = 240;

/** Patch events and windows over the uptime of the device. Without uptime the events stand alone, and it says so. */
export function TimelineTab({ device, span, onSpan, round }: Props): React.JSX.Element {
  const timeZone = useTimeZone();
  const records = useRecords(device.id, span, round);
  const uptime = useUptime(device, span);
  const nowMs = useClock(15_000);
  const [box, width] = useWidth<HTMLDivElement>();
  const range = useMemo((): TimeSpan => {
    const { from, to } = toTimeRange(span, timeZone);
    // `nowMs` moves a relative span on.
    return { fromMs: from.valueOf(), toMs: span.to === 'now' ? Math.max(nowMs, from.valueOf() + 1) : to.valueOf() };
  }, [span, timeZone, nowMs]);
  const zoom = useCallback(
    ({ fromMs, toMs }: TimeSpan) => onSpan({ from: String(Math.floor(fromMs)), to: String(Math.ceil(toMs)) }),
    [onSpan],
  );
  return (
    <div ref={box}>
      <PageState handle={records} what="the events">
        {({ events, windows, isCut }) => (
          <Timeline
            {...deviceScene(device, { events, windows }, uptime.frames, Math.min(nowMs, range.toMs))}
            range={range}
            timeZone={timeZone}
            nowMs={nowMs}
            width={width}
            height={heightPx}
            extendToNextWindow
            // It says below why there is none, and what to do.
            adviseUptime={false}
            notices={isCut ? [`Only the newest ${cap} events are drawn. Choose a shorter time.`] : undefined}
            onChangeTimeRange={zoom}
          />
        )}
      </PageState>
      {uptime.notice}
    </div>
  );
}

function useRecords(device: string, span: RawSpan, round: number) {
  const client = useExporter();
  const timeZone = useTimeZone();
  return useResource(
    useCallback(
      async (signal: AbortSignal) => {
        const query = { device, ...toQuerySpan(span, timeZone) };
        // Plans of the time before may still be to come: windows are asked for by overlap, events by when they happened.
        const [events, windows] = await Promise.all([
          client.getPages('/events', { query, signal }, cap),
          client.getPages('/windows', { query: { device, from: query.from }, signal }, cap),
        ]);
        return { events: events.items, windows: windows.items, isCut: events.isCut || windows.isCut, round };
      },
      [client, device, span, timeZone, round],
    ),
    { refreshMs, keepPrevious: true },
  );
}

const noFrames: readonly DataFrame[] = [];

function useUptime(device: DeviceDetail, span: RawSpan) {
  const { prometheusUid } = useSettings();
  const timeZone = useTimeZone();
  const { organization, identity } = device;
  const instance = identity.status === 'matched' ? identity.instance : undefined;
  const { resource } = useResource(
    useCallback(
      async (signal: AbortSignal) => {
        if (prometheusUid === undefined || instance === undefined) {
          return noFrames;
        }
        const range = toTimeRange(span, timeZone);
        return ofOrganization(await readUptime(prometheusUid, instance, range, timeZone, signal), organization);
      },
      [prometheusUid, instance, organization, span, timeZone],
    ),
    { refreshMs, keepPrevious: true },
  );
  const frames = resource.status === 'ready' || resource.status === 'stale' ? resource.data : noFrames;
  return { frames, notice: uptimeNotice(resource, prometheusUid, instance) };
}

function uptimeNotice(
  resource: Resource<readonly DataFrame[]>,
  prometheusUid: string | undefined,
  instance: string | undefined,
): React.ReactNode {
  if (instance === undefined) {
    return <Notice>This device is matched to no Prometheus instance, so there is no uptime to draw.</Notice>;
  }
  if (prometheusUid === undefined) {
    return (
      <Notice>
        Patch events only: choose a Prometheus data source in the{' '}
        <TextLink href={CONFIGURATION} inline>
          configuration
        </TextLink>{' '}
        to see uptime, too.
      </Notice>
    );
  }
  if (resource.status === 'error' || resource.status === 'stale') {
    return <Notice>Uptime could not be read from Prometheus: check that its data source works.</Notice>;
  }
  if (resource.status === 'ready' && resource.data.length === 0) {
    return <Notice>{`Prometheus has neither up nor probe_success of ${instance} in this time.`}</Notice>;
  }
  return null;
}

function Notice({ children }: { readonly children: NonNullable<React.ReactNode> }): React.JSX.Element {
  return (
    <Text element="p" color="secondary" variant="bodySmall">
      {children}
    </Text>
  );
}
