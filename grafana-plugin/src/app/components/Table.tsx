import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

export interface Column<R> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: R) => React.ReactNode;
  /** Numbers stand at the right. */
  readonly align?: 'right';
  /** Names and the like are not broken into lines. */
  readonly whole?: boolean;
  /** Sentences get room to be read in, also on a narrow screen. */
  readonly prose?: boolean;
  /** Set when the column can be sorted by; the order that puts first what people look for. */
  readonly sort?: 'asc' | 'desc';
}

export interface Sorting {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

interface Props<R> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: ReadonlyArray<Column<R>>;
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  /** Tables under one another keep their columns under one another. */
  readonly even?: boolean;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
}

/**
 * A plain table whose order is the caller's. The first column names the row. On a narrow screen each row becomes a card
 * with the headers beside the values; the roles keep it a table for screen readers, which go by how elements are laid out.
 */
export function Table<R>({ label, columns, rows, rowKey, even = false, sorting, onSort }: Props<R>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    // Wide tables scroll by themselves; a region that scrolls has to be reachable by keyboard.
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={cx(styles.table, even && styles.even)} aria-label={label} role="table">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ id, header, cell, align, whole, prose }, index) =>
                index === 0 ? (
                  <th key={id} scope="row" role="rowheader" className={styles.name}>
                    {cell(row)}
                  </th>
                ) : (
                  <td
                    key={id}
                    role="cell"
                    data-header={header}
                    className={cx(align === 'right' && styles.right, whole && styles.whole, prose && styles.prose)}
                  >
                    <div>{cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps<R> extends Pick<Props<R>, 'sorting' | 'onSort'> {
  readonly column: Column<R>;
}

function HeaderCell<R>({ column, sorting, onSort }: HeaderProps<R>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { id, header, align, sort } = column;
  const className = align === 'right' ? styles.right : undefined;
  if (sort === undefined || onSort === undefined) {
    return (
      <th scope="col" role="columnheader" className={cx(className, styles.plain)}>
        {header}
      </th>
    );
  }
  const order = sorting?.by === id ? sorting.order : undefined;
  const flipped = order === 'asc' ? 'desc' : 'asc';
  return (
    <th
      scope="col"
      role="columnheader"
      className={className}
      aria-sort={order === undefined ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort({ by: id, order: order === undefined ? sort : flipped })}
      >
        {header}
        {order !== undefined && <Icon name={order === 'asc' ? 'arrow-up' : 'arrow-down'} size="sm" />}
      </button>
    </th>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const narrow = theme.breakpoints.down('sm');
  return {
    scroll: css({ overflowX: 'auto', maxWidth: '100%' }),
    table: css({
      width: '100%',
      borderCollapse: 'collapse',
      fontVariantNumeric: 'tabular-nums',
      'th, td': { padding: theme.spacing(0.75, 1), textAlign: 'left', verticalAlign: 'top' },
      'thead th': {
        color: theme.colors.text.secondary,
        fontSize: theme.typography.bodySmall.fontSize,
        fontWeight: theme.typography.fontWeightMedium,
        whiteSpace: 'nowrap',
        borderBottom: `1px solid ${theme.colors.border.medium}`,
      },
      'tbody tr': { borderBottom: `1px solid ${theme.colors.border.weak}` },
      // Links keep their contrast on it.
      'tbody tr:hover': { background: theme.colors.background.secondary },
      [narrow]: {
        '&, tbody, tbody tr, tbody th': { display: 'block' },
        // What one can sort by stays, as buttons in a row.
        'thead, thead tr': { display: 'flex', flexWrap: 'wrap' },
        'thead th': { border: 'none' },
        'tbody tr': { padding: theme.spacing(1, 0) },
        'tbody th, tbody td': { padding: theme.spacing(0.25, 1) },
        'tbody td': {
          display: 'grid',
          gridTemplateColumns: '9em minmax(0, 1fr)',
          alignItems: 'baseline',
          overflowWrap: 'anywhere',
          '&::before': {
            content: 'attr(data-header)',
            color: theme.colors.text.secondary,
            fontSize: theme.typography.bodySmall.fontSize,
          },
          '&:has(> div:empty)': { display: 'none' },
        },
      },
    }),
    name: css({ fontWeight: theme.typography.fontWeightRegular, overflowWrap: 'break-word' }),
    even: css({
      tableLayout: 'fixed',
      minWidth: 640,
      'thead th:first-child': { width: '30%' },
      [narrow]: { minWidth: 0, 'thead th:first-child': { width: 'auto' } },
    }),
    whole: css({ whiteSpace: 'nowrap', [narrow]: { whiteSpace: 'normal' } }),
    prose: css({ minWidth: 260, [narrow]: { minWidth: 0 } }),
    right: css({ '&&': { textAlign: 'right', [narrow]: { textAlign: 'left' } } }),
    plain: css({
      [narrow]: { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' },
    }),
    sort: css({
      all: 'unset',
      cursor: 'pointer',
      display: 'inline-flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      '&:hover': { color: theme.colors.text.primary, textDecoration: 'underline' },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
    }),
  };
};
