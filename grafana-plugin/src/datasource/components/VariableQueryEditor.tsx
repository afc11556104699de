import React from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { Combobox, Field, Stack } from '@grafana/ui';
import type { PatchhavenDataSource } from '../datasource';
import type { PatchhavenOptions, PatchhavenQuery } from '../query';
import { deviceValues, toVariableQuery, type VariableQuery, variableTypes } from '../variable-query';
import { CommitInput } from './CommitInput';

type Props = QueryEditorProps<PatchhavenDataSource, PatchhavenQuery, PatchhavenOptions, VariableQuery>;

const typeLabels: Record<VariableQuery['type'], string> = {
  organization: 'Organizations',
  site: 'Sites',
  group: 'Groups',
  device: 'Devices',
  patch: 'Updates',
};
const typeOptions = variableTypes.map((value) => ({ value, label: typeLabels[value] }));

const valueLabels: Record<VariableQuery['deviceValue'], string> = {
  id: 'Id (for Patchhaven queries)',
  instance: 'Instance (for Prometheus queries)',
  name: 'Name',
};
const valueOptions = deviceValues.map((value) => ({ value, label: valueLabels[value] }));

/** What a variable lists, and what narrows the list. */
export function VariableQueryEditor({ query: saved, onChange }: Props): React.JSX.Element {
  const query = toVariableQuery(saved);
  const change = (part: Partial<VariableQuery>) => onChange({ ...query, ...part });
  const isNarrowed = query.type !== 'organization';
  return (
    <Stack direction="column" gap={2}>
      <Field label="List" noMargin>
        <Combobox
          id="patchhaven-variable-type"
          width={40}
          options={typeOptions}
          value={query.type}
          onChange={({ value }) => change({ type: value })}
        />
      </Field>
      {isNarrowed && (
        <PlaceField
          label="Organization"
          value={query.organization}
          onChange={(organization) => change({ organization })}
        />
      )}
      {query.type === 'device' && (
        <>
          <PlaceField label="Site" value={query.site} onChange={(site) => change({ site })} />
          <PlaceField label="Group" value={query.group} onChange={(group) => change({ group })} />
          <Field label="Value" description="What $device stands for in queries." noMargin>
            <Combobox
              id="patchhaven-variable-value"
              width={40}
              options={valueOptions}
              value={query.deviceValue}
              onChange={({ value }) => change({ deviceValue: value })}
            />
          </Field>
        </>
      )}
    </Stack>
  );
}

interface PlaceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PlaceField({ label, value, onChange }: PlaceFieldProps) {
  const id = `patchhaven-variable-${label.toLowerCase()}`;
  return (
    <Field label={label} description={`Only this one. A variable such as $${label.toLowerCase()} works, too.`} noMargin>
      <CommitInput id={id} width={40} value={value} placeholder="All" onCommit={onChange} />
    </Field>
  );
}
