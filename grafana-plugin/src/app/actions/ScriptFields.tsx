import React, { useCallback } from 'react';
import { Alert, Combobox, Field, Input, Stack, TextArea } from '@grafana/ui';
import { toExporterError } from '../../shared/api/exporter-error';
import { PageState } from '../components/PageState';
import { useExporter } from '../context/AppContext';
import { useResource } from '../hooks/useResource';

interface Props {
  readonly device: string;
  readonly script: string;
  /** Parameters, one per line. */
  readonly given: string;
  readonly disabled: boolean;
  readonly onScript: (id: string) => void;
  readonly onGiven: (text: string) => void;
}

const id = 'patchhaven-script';

/** Chooses of what the source can run on the device now; where it has no list, its own id of the script is typed. */
export function ScriptFields({ device, script, given, disabled, onScript, onGiven }: Props): React.JSX.Element {
  const client = useExporter();
  const handle = useResource(
    useCallback(
      async (signal: AbortSignal) => {
        try {
          return (await client.get('/devices/{id}/scripts', { path: { id: device }, signal })).items;
        } catch (cause) {
          if (toExporterError(cause).kind === 'conflict') {
            return 'no list';
          }
          throw cause;
        }
      },
      [client, device],
    ),
  );
  return (
    <Stack direction="column" gap={2}>
      <PageState handle={handle} what="the scripts of its source">
        {(scripts) => {
          if (scripts === 'no list') {
            return (
              <Field
                label="Script"
                description="Its source has no list: the id as the RMM knows it"
                htmlFor={id}
                required
                noMargin
              >
                <Input
                  id={id}
                  value={script}
                  maxLength={200}
                  disabled={disabled}
                  onChange={(event) => onScript(event.currentTarget.value)}
                />
              </Field>
            );
          }
          if (scripts.length === 0) {
            return (
              <Alert severity="info" title="Its source has no script for this device" bottomSpacing={0}>
                Add one in the RMM, then open this dialog again.
              </Alert>
            );
          }
          return (
            <Field label="Script" htmlFor={id} required noMargin>
              <Combobox
                id={id}
                placeholder="Choose a script"
                options={scripts.map(({ id: value, name, language }) => ({
                  value,
                  label: name,
                  description: [language, value].filter(Boolean).join(', '),
                }))}
                value={script === '' ? null : script}
                disabled={disabled}
                onChange={(option) => onScript(option.value)}
              />
            </Field>
          );
        }}
      </PageState>
      <Field
        label="Parameters"
        description="One per line, as the script and the RMM expect them"
        htmlFor="patchhaven-arguments"
        noMargin
      >
        <TextArea
          id="patchhaven-arguments"
          rows={2}
          value={given}
          disabled={disabled}
          onChange={(event) => onGiven(event.currentTarget.value)}
        />
      </Field>
    </Stack>
  );
}
