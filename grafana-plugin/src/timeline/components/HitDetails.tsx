import { css } from '@emotion/css';
import React from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { expandedRange } from '../model/cluster';
import { countOf, durationText, type FormatTime, stateText, withTimes } from '../model/describe';
import { kindLabels } from '../model/kinds';
import type { Hit } from '../model/scene';
import { troubleLabels } from '../model/trouble';
import { isOpen, isOverdue } from '../model/windows';
import type { TimelineEvent, TimelineLink, TimelineWindow, TimeSpan } from '../types';
import { Swatch } from './Swatch';
import { KindGlyph } from './KindGlyph';
import { Links } from './Links';

interface Props {
  readonly hit: Hit;
  readonly nowMs: number;
  readonly format: FormatTime;
  readonly pinned: boolean;
  readonly links: readonly TimelineLink[];
  readonly onZoom?: (range: TimeSpan) => void;
}

const mostEvents = { hover: 6, pinned: 50 };

/** What is known of a lane at a point: its events there, the windows over it, the state of each series. */
export function HitDetails({ hit, nowMs, format, pinned, links, onZoom }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { row, cluster } = hit;
  const most = pinned ? mostEvents.pinned : mostEvents.hover;
  const events = cluster?.events ?? [];
  const expanded = cluster && events.length > 1 ? expandedRange(cluster) : undefined;
  return (
    <>
      <div className={styles.head}>
        <strong>{row.lane.label}</strong>
        {row.lane.ref.organization && row.scope === 'device' && <span> {row.lane.ref.organization}</span>}
        {row.trouble !== 'none' && <div className={styles.faint}>{troubleLabels[row.trouble]}</div>}
        {!cluster && <div className={styles.faint}>{format(hit.atMs)}</div>}
        {pinned && <Links links={links} />}
      </div>
      <ul className={styles.list}>
        {events.slice(0, most).map((event) => (
          <EventItem key={event.id} event={event} format={format} pinned={pinned} />
        ))}
        {events.length > most && <li className={styles.faint}>and {countOf(events.length - most, 'more event')}</li>}
        {hit.windows.map((window) => (
          <WindowItem key={window.id} window={window} nowMs={nowMs} format={format} pinned={pinned} />
        ))}
        {hit.states.map(({ name, span }, index) => (
          <li key={index} className={styles.state}>
            <span className={styles.faint}>{name}</span>
            <span>
              {span && <Swatch span={span} />} {stateText(span)}
              {span && <span className={styles.faint}> since {format(span.fromMs)}</span>}
            </span>
          </li>
        ))}
        {hit.states.length === 0 && row.scope === 'device' && (
          <li className={styles.faint}>No uptime series belongs to this device.</li>
        )}
      </ul>
      {pinned && expanded && onZoom && (
        <Button size="sm" variant="secondary" icon="search-plus" onClick={() => onZoom(expanded)}>
          Zoom to these {events.length} events
        </Button>
      )}
      {!pinned && (events.length > 0 || hit.windows.length > 0) && <div className={styles.faint}>Click for links</div>}
    </>
  );
}

interface ItemProps {
  readonly format: FormatTime;
  readonly pinned: boolean;
}

function EventItem({ event, format, pinned }: ItemProps & { readonly event: TimelineEvent }) {
  const styles = useStyles2(getStyles);
  const title = event.title === kindLabels[event.kind] ? '' : event.title;
  return (
    <li className={styles.item}>
      <KindGlyph kind={event.kind} />
      <div>
        <div>
          {kindLabels[event.kind]} <span className={styles.faint}>{format(event.atMs)}</span>
          {event.endMs !== undefined && (
            <span className={styles.faint}>, took {durationText(event.endMs - event.atMs)}</span>
          )}
        </div>
        {title && <div>{withTimes(title, format)}</div>}
        {event.detail && <div className={styles.detail}>{withTimes(event.detail, format)}</div>}
        {pinned && <Links links={event.links ?? []} />}
      </div>
    </li>
  );
}

function WindowItem(props: ItemProps & { readonly window: TimelineWindow; readonly nowMs: number }) {
  const { window, nowMs, format, pinned } = props;
  const styles = useStyles2(getStyles);
  return (
    <li className={styles.item}>
      <KindGlyph kind={window.kind} />
      <div>
        <div>
          {kindLabels[window.kind]} <span className={styles.faint}>{windowTimes(window, nowMs, format)}</span>
        </div>
        {window.title !== kindLabels[window.kind] && <div>{withTimes(window.title, format)}</div>}
        {window.detail && <div className={styles.detail}>{withTimes(window.detail, format)}</div>}
        {pinned && <Links links={window.links ?? []} />}
      </div>
    </li>
  );
}

function windowTimes(window: TimelineWindow, nowMs: number, format: FormatTime): string {
  const from = format(window.fromMs);
  const end = window.endsMs ?? window.toMs ?? undefined;
  if (isOpen(window, nowMs)) {
    const left = end === undefined ? '' : `, ends ${format(end)} at the latest (in ${durationText(end - nowMs)})`;
    return `open since ${from}${left}`;
  }
  const to = window.toMs ?? window.endsMs;
  const times = to === undefined ? `from ${from}` : `${from} to ${format(to)} (${durationText(to - window.fromMs)})`;
  const outcome = window.outcome ?? (isOverdue(window, nowMs) ? 'overdue' : undefined);
  return outcome === undefined ? times : `${times}, ${outcome}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ marginBottom: theme.spacing(0.5) }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  item: css({ display: 'flex', gap: theme.spacing(1), padding: theme.spacing(0.5, 0) }),
  state: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2) }),
  faint: css({ color: theme.colors.text.secondary }),
  detail: css({ color: theme.colors.text.secondary, whiteSpace: 'pre-line', overflowWrap: 'anywhere' }),
});
