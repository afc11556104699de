import React, { useId, useMemo } from 'react';
import { Alert, Field, Input, RadioButtonList, Stack } from '@grafana/ui';
import type { Candidates } from '../../../shared/api/types';

const signs: Record<Candidates['items'][number]['because'], string> = {
  host_name: 'Same host name',
  address: 'Same address',
  similar_name: 'Similar name',
  no_sign: 'Nothing speaks for it',
};

/** Candidates to look at before anything is typed. */
const maxLikely = 8;

interface Props {
  readonly list: Candidates;
  readonly value: string;
  readonly onChange: (instance: string) => void;
}

/** The likely instances to choose from, and a field for any other. */
export function InstanceField({ list, value, onChange }: Props): React.JSX.Element {
  const id = useId();
  const likely = useMemo(
    () =>
      list.items
        .filter(({ because }) => because !== 'no_sign')
        .slice(0, maxLikely)
        .map(({ instance, because, device }) => ({
          value: instance,
          label: instance,
          description: device === null ? signs[because] : `${signs[because]}; belongs to ${device} already`,
        })),
    [list],
  );
  const holder = list.items.find(({ instance }) => instance === value)?.device ?? null;
  return (
    <Stack direction="column" gap={1}>
      {likely.length > 0 ? (
        <fieldset aria-label="Likely instances">
          <RadioButtonList name={`${id}-likely`} options={likely} value={value} onChange={onChange} />
        </fieldset>
      ) : (
        <span>No instance in Prometheus resembles this device.</span>
      )}
      <Field
        label="Instance in Prometheus"
        description="The value of the label instance, as in web-01:9182."
        htmlFor={`${id}-instance`}
      >
        <Input
          id={`${id}-instance`}
          list={`${id}-all`}
          value={value}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </Field>
      <datalist id={`${id}-all`}>
        {list.items.map(({ instance }) => (
          <option key={instance} value={instance} />
        ))}
      </datalist>
      {holder !== null && (
        <Alert title={`This instance belongs to ${holder} already`} severity="warning">
          One instance cannot be two devices: the exporter will refuse it.
        </Alert>
      )}
    </Stack>
  );
}
