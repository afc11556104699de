import React, { useCallback } from 'react';
import { type ComboboxOption, InlineField, InlineFieldRow, MultiCombobox } from '@grafana/ui';
import { getTemplateSrv } from '@grafana/runtime';
import type { Directory } from '../directory';
import type { PatchhavenQuery } from '../query';
import { filterFields, type QueryPart } from './query-options';

type Filterable = (typeof filterFields)['timeline'][number];

const labels: Record<Filterable, string> = {
  organization: 'Organization',
  site: 'Site',
  group: 'Group',
  device: 'Device',
};

interface Props {
  readonly directory: Directory;
  readonly query: PatchhavenQuery;
  readonly onChange: (part: QueryPart) => void;
}

/** Of which devices: names from the exporter, or variables of the dashboard. Nothing chosen = all. */
export function FilterFields({ directory, query, onChange }: Props): React.JSX.Element {
  return (
    <InlineFieldRow>
      {filterFields[query.queryType].map((field) => (
        <FilterField key={field} field={field} directory={directory} query={query} onChange={onChange} />
      ))}
    </InlineFieldRow>
  );
}

function FilterField({ field, directory, query, onChange }: Props & { readonly field: Filterable }) {
  const organization = query.organization.length === 1 ? query.organization[0] : undefined;
  const load = useCallback(
    async (typed: string): Promise<Array<ComboboxOption<string>>> => {
      const named = await readNames(directory, field, typed, organization);
      return [...variableOptions(), ...named].filter(({ label = '' }) =>
        label.toLowerCase().includes(typed.toLowerCase()),
      );
    },
    [directory, field, organization],
  );
  const id = `${field}-${query.refId}`;
  return (
    <InlineField label={labels[field]} labelWidth={16} htmlFor={id}>
      <MultiCombobox
        id={id}
        width={32}
        options={load}
        value={query[field].map((value) => ({ value, label: value }))}
        placeholder="All"
        createCustomValue
        isClearable
        onChange={(chosen) => onChange({ [field]: chosen.map(({ value }) => value) })}
      />
    </InlineField>
  );
}

/** Suggestions only: what cannot be listed can still be typed, and the query says what is wrong. */
async function readNames(
  directory: Directory,
  field: Filterable,
  typed: string,
  organization: string | undefined,
): Promise<Array<ComboboxOption<string>>> {
  try {
    if (field !== 'device') {
      const names = await directory.places(field, field === 'organization' ? undefined : organization);
      return names.map((value) => ({ value, label: value }));
    }
    const narrow = { ...(organization !== undefined && { organization }), ...(typed !== '' && { text: typed }) };
    const { items } = await directory.devices(narrow);
    return items.slice(0, 200).map(({ id, name, organization: of }) => ({ value: id, label: name, description: of }));
  } catch {
    return [];
  }
}

function variableOptions(): Array<ComboboxOption<string>> {
  return getTemplateSrv()
    .getVariables()
    .filter(({ type }) => type !== 'adhoc' && type !== 'datasource')
    .map(({ name }) => ({ value: `$${name}`, label: `$${name}`, description: 'Variable' }));
}
