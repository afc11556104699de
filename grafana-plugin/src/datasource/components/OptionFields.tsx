import React from 'react';
import { Combobox, InlineField, InlineFieldRow } from '@grafana/ui';
import { defaultQuery, maxLimit, type PatchhavenQuery } from '../query';
import { CommitInput } from './CommitInput';
import { hasTimeAhead, type QueryPart } from './query-options';

interface Props {
  readonly query: PatchhavenQuery;
  readonly onChange: (part: QueryPart) => void;
}

const refreshOptions = [
  { value: 0, label: 'With the dashboard' },
  { value: 5, label: 'Every 5 seconds' },
  { value: 15, label: 'Every 15 seconds' },
  { value: 60, label: 'Every minute' },
];

/** How much, how named, how fresh. */
export function OptionFields({ query, onChange }: Props): React.JSX.Element {
  const { refId } = query;
  const isOffered = refreshOptions.some(({ value }) => value === query.refreshSeconds);
  return (
    <InlineFieldRow>
      {query.queryType === 'states' && (
        <InlineField
          label="Legend"
          labelWidth={16}
          htmlFor={`legend-${refId}`}
          tooltip="{{name}}, {{instance}}, {{organization}}, {{site}}, {{id}}, {{source}}"
        >
          <CommitInput
            id={`legend-${refId}`}
            width={32}
            value={query.legend}
            placeholder="{{name}}"
            onCommit={(legend) => onChange({ legend })}
          />
        </InlineField>
      )}
      <NumberField
        id={`limit-${refId}`}
        label="Limit"
        help={`Rows, at most ${maxLimit.toLocaleString('en')}. What is cut is said on the panel.`}
        value={query.limit}
        fallback={defaultQuery.limit}
        max={maxLimit}
        onChange={(limit) => onChange({ limit })}
      />
      {hasTimeAhead.includes(query.queryType) && (
        <NumberField
          id={`ahead-${refId}`}
          label="Hours ahead"
          help="Planned windows this far past a range that ends now."
          value={query.aheadHours}
          fallback={0}
          max={24 * 366}
          onChange={(aheadHours) => onChange({ aheadHours })}
        />
      )}
      <InlineField
        label="Refresh"
        labelWidth={16}
        htmlFor={`refresh-${refId}`}
        tooltip="Asks for changes only, while the panel is open."
      >
        <Combobox
          id={`refresh-${refId}`}
          width={32}
          options={
            isOffered
              ? refreshOptions
              : [...refreshOptions, { value: query.refreshSeconds, label: `Every ${query.refreshSeconds} seconds` }]
          }
          value={query.refreshSeconds}
          onChange={({ value }) => onChange({ refreshSeconds: value })}
        />
      </InlineField>
    </InlineFieldRow>
  );
}

interface NumberFieldProps {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly value: number;
  readonly fallback: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ id, label, help, value, fallback, max, onChange }: NumberFieldProps) {
  return (
    <InlineField label={label} labelWidth={16} htmlFor={id} tooltip={help}>
      <CommitInput
        id={id}
        width={16}
        type="number"
        value={String(value)}
        onCommit={(text) => {
          const given = Number(text);
          onChange(text === '' || !Number.isFinite(given) ? fallback : Math.min(max, Math.max(0, given)));
        }}
      />
    </InlineField>
  );
}
