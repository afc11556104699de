import React from 'react';
import { Text, TextLink } from '@grafana/ui';
import { formatAge } from '../../../shared/format/duration';
import { toMs } from '../../../shared/format/time';
import { useNow } from '../../hooks/useNow';

interface Props {
  /** null = nobody knows. */
  readonly count: number | null;
  /** RFC 3339: since when the oldest, or when the latest. */
  readonly since?: string | null;
  /** Which of many the age is of. */
  readonly which?: 'oldest';
  /** Where those that are counted are listed. */
  readonly href?: string;
}

/** A count that is something to do, and how long it has been; none is told quietly, unknown is told. */
export function CountWithAge({ count, since, which, href }: Props): React.JSX.Element {
  const now = useNow(60_000);
  if (count === null) {
    return <Text color="secondary">unknown</Text>;
  }
  if (count === 0) {
    return <Text color="secondary">0</Text>;
  }
  return (
    <>
      {href === undefined ? count.toLocaleString() : <TextLink href={href}>{count.toLocaleString()}</TextLink>}
      {since !== undefined && since !== null && (
        <Text element="p" variant="bodySmall" color="secondary">
          <span style={{ whiteSpace: 'nowrap' }}>
            {which} {formatAge(toMs(since), now)}
          </span>
        </Text>
      )}
    </>
  );
}
