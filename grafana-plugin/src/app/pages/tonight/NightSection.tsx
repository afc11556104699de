import React, { useState } from 'react';
import { Button, Stack, Text } from '@grafana/ui';
import type { PatchWindow } from '../../../shared/api/types';
import { CancelWindow } from '../../actions/CancelWindow';
import { DeviceLink } from '../../components/DeviceLink';
import { Section } from '../../components/Section';
import { type Column, Table } from '../../components/Table';
import { usePermission } from '../../hooks/usePermission';
import { type NightPart, nightParts } from './night-parts';

interface Props<R> {
  readonly part: NightPart;
  readonly description: string;
  /** Said when there is none. */
  readonly none: string;
  readonly rows: readonly R[];
  readonly columns: ReadonlyArray<Column<R>>;
  readonly rowKey: (row: R) => string;
}

const shownAtFirst = 50;

/** One kind of thing that happens tonight; long ones are folded. */
export function NightSection<R>({ part, description, none, rows, columns, rowKey }: Props<R>): React.JSX.Element {
  const { title } = nightParts[part];
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, shownAtFirst);
  return (
    <Section id={part} title={`${title} (${rows.length.toLocaleString()})`} description={description}>
      {rows.length === 0 ? (
        <Text color="secondary">{none}</Text>
      ) : (
        <Stack direction="column" gap={1} alignItems="stretch">
          <Table label={title} columns={columns} rows={shown} rowKey={rowKey} />
          {rows.length > shown.length && (
            <div>
              <Button size="sm" variant="secondary" onClick={() => setWhole(true)}>
                Show all {rows.length.toLocaleString()}
              </Button>
            </div>
          )}
        </Stack>
      )}
    </Section>
  );
}

export const deviceColumn: Column<{ device: string; deviceName: string | null; organization: string }> = {
  id: 'device',
  header: 'Device',
  cell: (row) => <DeviceLink of={row} tab="explain" />,
};

export const organizationColumn: Column<{ organization: string }> = {
  id: 'organization',
  header: 'Organization',
  cell: ({ organization }) => organization,
};

/** The way to end a window, for those who may. */
export function useCancelColumn(onDone: (said: string) => void): ReadonlyArray<Column<PatchWindow>> {
  const { canOperate } = usePermission();
  if (!canOperate) {
    return [];
  }
  return [
    {
      id: 'cancel',
      header: 'Action',
      align: 'right',
      cell: (window) => <CancelWindow window={window} onDone={onDone} />,
    },
  ];
}
