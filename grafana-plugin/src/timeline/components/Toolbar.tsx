import { css } from '@emotion/css';
import React, { memo, useId } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Combobox, type ComboboxOption, Icon, Input, useStyles2 } from '@grafana/ui';
import type { LaneSort } from '../types';

interface Props {
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly sort: LaneSort;
  readonly onSort: (sort: LaneSort) => void;
  /** Lanes that match, of how many. */
  readonly shown: number;
  readonly lanes: number;
  /** A window that begins after the range. */
  readonly upcoming: string | undefined;
  readonly onShowUpcoming: () => void;
}

export const sortOptions: Array<ComboboxOption<LaneSort>> = [
  { value: 'trouble', label: 'Trouble first' },
  { value: 'name', label: 'By name' },
  { value: 'organization', label: 'By organization' },
];

export const Toolbar = memo(function Toolbar(props: Props): React.JSX.Element {
  const { search, onSearch, sort, onSort, shown, lanes, upcoming, onShowUpcoming } = props;
  const styles = useStyles2(getStyles);
  const orderId = useId();
  return (
    <div className={styles.bar}>
      <div className={styles.search}>
        <Input
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
          prefix={<Icon name="search" />}
          placeholder="Search devices"
          aria-label="Search devices"
        />
      </div>
      <label htmlFor={orderId} className={styles.heard}>
        Order of lanes
      </label>
      <Combobox options={sortOptions} value={sort} onChange={({ value }) => onSort(value)} width={20} id={orderId} />
      <span role="status" className={styles.count}>
        {search && `${shown} of ${lanes} lanes`}
      </span>
      {upcoming && (
        <Button size="sm" variant="secondary" fill="text" icon="clock-nine" onClick={onShowUpcoming}>
          {upcoming}
        </Button>
      )}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ position: 'relative', display: 'flex', alignItems: 'center', gap: theme.spacing(1), overflow: 'hidden' }),
  heard: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
  search: css({ flex: '0 1 220px', minWidth: 90 }),
  count: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
    marginRight: 'auto',
  }),
});
