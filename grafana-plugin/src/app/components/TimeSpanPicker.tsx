import React, { useCallback, useMemo } from 'react';
import type { TimeRange } from '@grafana/data';
import { TimeRangePicker } from '@grafana/ui';
import { moved, type RawSpan, toRawSpan, toTimeRange, zoomedOut } from '../hooks/time-span';
import { useTimeZone } from '../hooks/useTimeZone';

interface Props {
  readonly span: RawSpan;
  readonly onChange: (span: RawSpan) => void;
}

/** Grafana's own time picker over the span in the URL. The time zone is the user's, set in their preferences. */
export function TimeSpanPicker({ span, onChange }: Props): React.JSX.Element {
  const timeZone = useTimeZone();
  const value = useMemo(() => toTimeRange(span, timeZone), [span, timeZone]);
  const pick = useCallback((range: TimeRange) => onChange(toRawSpan(range.raw)), [onChange]);
  return (
    <TimeRangePicker
      value={value}
      timeZone={timeZone}
      onChange={pick}
      onChangeTimeZone={ignore}
      onMoveBackward={() => onChange(moved(value, -1))}
      onMoveForward={() => onChange(moved(value, 1))}
      onZoom={() => onChange(zoomedOut(value))}
      isOnCanvas
    />
  );
}

function ignore(): void {
  // The zone belongs to the user's preferences; one page does not change it.
}
