import React from 'react';
import { Combobox, InlineField, InlineFieldRow, InlineSwitch, MultiCombobox, RadioButtonGroup } from '@grafana/ui';
import { eventTypes, groupings, ledgerActions, type PatchhavenQuery, topologyDepths, updateSeverities } from '../query';
import { CommitInput } from './CommitInput';
import { hasEventTypes, optionsOf, type QueryPart } from './query-options';

interface Props {
  readonly query: PatchhavenQuery;
  readonly onChange: (part: QueryPart) => void;
}

const labelWidth = 16;

/** What only some query types have. */
export function DetailFields({ query, onChange }: Props): React.JSX.Element | null {
  const { queryType, refId } = query;
  const id = (name: string) => `${name}-${refId}`;
  return (
    <InlineFieldRow>
      {hasEventTypes.includes(queryType) && (
        <InlineField
          label="Event types"
          labelWidth={labelWidth}
          htmlFor={id('types')}
          tooltip="Nothing chosen: all but changes of the device itself."
        >
          <MultiCombobox
            id={id('types')}
            width={32}
            options={optionsOf(eventTypes)}
            value={query.eventTypes}
            placeholder="Patches, restarts, maintenance"
            isClearable
            onChange={(chosen) => onChange({ eventTypes: chosen.map(({ value }) => value) })}
          />
        </InlineField>
      )}
      {(queryType === 'windows' || queryType === 'timeline') && (
        <InlineField label="Windows" labelWidth={labelWidth}>
          <RadioButtonGroup
            id={id('windows')}
            options={optionsOf(['all', 'quiet', 'maintenance'] as const)}
            value={query.windowKind}
            onChange={(windowKind) => onChange({ windowKind })}
          />
        </InlineField>
      )}
      {queryType === 'ledger' && (
        <>
          <InlineField label="Decisions" labelWidth={labelWidth} htmlFor={id('actions')}>
            <MultiCombobox
              id={id('actions')}
              width={32}
              options={optionsOf(ledgerActions)}
              value={query.actions}
              placeholder="All"
              isClearable
              onChange={(chosen) => onChange({ actions: chosen.map(({ value }) => value) })}
            />
          </InlineField>
          <InlineField label="As" labelWidth={labelWidth}>
            <RadioButtonGroup
              options={optionsOf(['table', 'logs'] as const)}
              value={query.ledgerFormat}
              onChange={(ledgerFormat) => onChange({ ledgerFormat })}
            />
          </InlineField>
        </>
      )}
      {queryType === 'states' && (
        <InlineField
          label="State"
          labelWidth={labelWidth}
          tooltip="Up and down only as far as outages fell into quiet windows. For uptime itself query Prometheus."
        >
          <RadioButtonGroup
            options={[
              { value: 'patch' as const, label: 'Patch activity' },
              { value: 'uptime' as const, label: 'Up and down' },
            ]}
            value={query.stateKind}
            onChange={(stateKind) => onChange({ stateKind })}
          />
        </InlineField>
      )}
      {queryType === 'compliance' && (
        <InlineField label="By" labelWidth={labelWidth}>
          <RadioButtonGroup options={optionsOf(groupings)} value={query.by} onChange={(by) => onChange({ by })} />
        </InlineField>
      )}
      {queryType === 'topology' && (
        <InlineField
          label="Down to"
          labelWidth={labelWidth}
          htmlFor={id('depth')}
          tooltip="Devices: at most 5,000. Choose an organization or site."
        >
          <Combobox
            id={id('depth')}
            width={32}
            options={optionsOf(topologyDepths)}
            value={query.depth}
            onChange={({ value }) => onChange({ depth: value })}
          />
        </InlineField>
      )}
      {queryType === 'updates' && (
        <>
          <InlineField label="Severity" labelWidth={labelWidth} htmlFor={id('severity')}>
            <MultiCombobox
              id={id('severity')}
              width={32}
              options={optionsOf(updateSeverities)}
              value={query.severities}
              placeholder="All"
              isClearable
              onChange={(chosen) => onChange({ severities: chosen.map(({ value }) => value) })}
            />
          </InlineField>
          <InlineField
            label="Also closed"
            labelWidth={labelWidth}
            htmlFor={id('closed')}
            tooltip="Updates that no device needs any more."
          >
            <InlineSwitch
              id={id('closed')}
              value={query.includeClosed}
              onChange={({ currentTarget }) => onChange({ includeClosed: currentTarget.checked })}
            />
          </InlineField>
        </>
      )}
      {(queryType === 'updates' || queryType === 'devices' || queryType === 'states') && (
        <InlineField label="Text" labelWidth={labelWidth} htmlFor={id('text')} tooltip={textHelp(queryType)}>
          <CommitInput
            id={id('text')}
            width={32}
            value={query.text}
            placeholder="All"
            onCommit={(text) => onChange({ text })}
          />
        </InlineField>
      )}
    </InlineFieldRow>
  );
}

function textHelp(queryType: PatchhavenQuery['queryType']): string {
  return queryType === 'updates' ? 'Part of the id or title.' : 'Part of the name, host name, instance or id.';
}
