import { css } from '@emotion/css';
import React, { useCallback, useMemo } from 'react';
import type { DataFrame, GrafanaTheme2, PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { Timeline } from '../timeline/Timeline';
import type { TimelineSubject, TimeSpan } from '../timeline/types';
import { linksForSubject } from './links';
import { type PanelOptions, readOptions } from './options';
import { useNow } from './use-now';
import { buildView, emptyText, errorNotices, staleNotice } from './view-model';

const noFrames: DataFrame[] = [];

export function TimelinePanel(props: PanelProps<PanelOptions>): React.JSX.Element {
  const { data, timeRange, timeZone, width, height, replaceVariables, onChangeTimeRange } = props;
  const styles = useStyles2(getStyles);
  const options = useMemo(() => readOptions(props.options), [props.options]);
  const tickMs = useNow();
  const fromMs = timeRange.from.valueOf();
  const toMs = timeRange.to.valueOf();
  // A refresh that has just come in ends after the last tick.
  const nowMs = timeRange.raw.to === 'now' ? Math.max(tickMs, toMs) : tickMs;
  const range = useMemo((): TimeSpan => ({ fromMs, toMs }), [fromMs, toMs]);
  const annotations = data.annotations ?? noFrames;
  const untilMs = Math.min(toMs, nowMs);
  const view = useMemo(
    () => buildView(data.series, annotations, options, untilMs),
    [data.series, annotations, options, untilMs],
  );
  const notices = useMemo(() => {
    const stale = staleNotice(view.newestMs, { fromMs, toMs }, nowMs);
    return [...errorNotices(data), ...(stale === undefined ? [] : [stale]), ...view.notices];
  }, [data, view, fromMs, toMs, nowMs]);
  const linksFor = useCallback(
    (subject: TimelineSubject) =>
      linksForSubject(subject, { ...options, runbookUrl: replaceVariables(options.runbookUrl) }),
    [options, replaceVariables],
  );
  const zoom = useCallback(
    (to: TimeSpan) => onChangeTimeRange({ from: Math.round(to.fromMs), to: Math.round(to.toMs) }),
    [onChangeTimeRange],
  );

  const empty = emptyText(view, data);
  if (empty !== undefined) {
    return (
      <div className={styles.empty} style={{ width, height }} role="status">
        {empty}
      </div>
    );
  }
  return (
    <Timeline
      lanes={view.lanes}
      events={view.events}
      windows={view.windows}
      range={range}
      timeZone={timeZone}
      nowMs={nowMs}
      width={width}
      height={height}
      sort={options.sort}
      {...(options.laneHeight > 0 ? { laneHeight: options.laneHeight } : {})}
      hiddenKinds={options.hiddenKinds}
      showLegend={options.showLegend}
      showToolbar={options.showToolbar}
      extendToNextWindow={options.extendToNextWindow}
      notices={notices}
      linksFor={linksFor}
      onChangeTimeRange={zoom}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  empty: css({
    display: 'grid',
    placeItems: 'center',
    padding: theme.spacing(2),
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
});
