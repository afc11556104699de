import React from 'react';
import { formatAge, formatDuration } from '../../shared/format/duration';
import { formatTime, formatTimeNear, toMs } from '../../shared/format/time';
import { useClock } from '../hooks/useClock';
import { useTimeZone } from '../hooks/useTimeZone';

const whole = { whiteSpace: 'nowrap' } as const;

interface TimeProps {
  /** RFC 3339. */
  readonly at: string;
}

interface MomentProps extends TimeProps {
  /** A moment shown beside it, RFC 3339 or Unix milliseconds: on the same day the date is left out. */
  readonly near?: string | number;
}

/** A moment in the user's time zone. */
export function Moment({ at, near }: MomentProps): React.JSX.Element {
  const timeZone = useTimeZone();
  return (
    <time dateTime={at} style={whole} title={near === undefined ? undefined : formatTime(at, timeZone)}>
      {near === undefined ? formatTime(at, timeZone) : formatTimeNear(at, near, timeZone)}
    </time>
  );
}

/** How long ago, with the moment itself on hover. */
export function TimeAgo({ at }: TimeProps): React.JSX.Element {
  const now = useClock(10_000);
  const timeZone = useTimeZone();
  return (
    <time dateTime={at} style={whole} title={formatTime(at, timeZone)}>
      {formatAge(toMs(at), now)}
    </time>
  );
}

interface CountdownProps {
  /** RFC 3339; a stored, absolute end. */
  readonly to: string;
  /** Said once the end is reached. */
  readonly over?: string;
}

/** Time left to an absolute end. Screen readers get the end itself, not a sentence each second. */
export function Countdown({ to, over = 'over' }: CountdownProps): React.JSX.Element {
  const now = useClock(1_000);
  const timeZone = useTimeZone();
  const leftMs = toMs(to) - now;
  return (
    <time dateTime={to} title={formatTime(to, timeZone)} role="timer" aria-live="off" style={whole}>
      {leftMs > 0 ? formatDuration(leftMs) : over}
    </time>
  );
}

/** Time left and the end itself; the date only where it is another day. */
export function EndsIn({ at }: TimeProps): React.JSX.Element {
  const now = useClock(10_000);
  return (
    <span style={whole}>
      <Countdown to={at} />, at <Moment at={at} near={now} />
    </span>
  );
}
