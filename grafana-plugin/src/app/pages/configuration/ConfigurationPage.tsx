import React, { useState } from 'react';
import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv, locationService } from '@grafana/runtime';
import { Alert, Box, Button, Combobox, Field, FieldSet, Stack, Text, TextLink } from '@grafana/ui';
import { lastValueFrom } from 'rxjs';
import { APP_ID, DATASOURCE_ID } from '../../../constants';
import { narrowSettings } from '../../settings';
import { TestButton } from './TestButton';

type Props = PluginConfigPageProps<AppPluginMeta>;

/** Which data sources the pages use, and whether the app is on. */
export default function ConfigurationPage({ plugin }: Props): React.JSX.Element {
  const { meta } = plugin;
  const enabled = meta.enabled === true;
  const [settings, setSettings] = useState(() => narrowSettings(meta.jsonData));
  const [state, setState] = useState<{ readonly busy: boolean; readonly failure?: string }>({ busy: false });
  const isProvisioned = (meta.jsonData as { provisioned?: unknown } | undefined)?.provisioned === true;
  const save = async (isEnabled: boolean) => {
    setState({ busy: true });
    try {
      const jsonData = { ...(meta.jsonData as object | undefined), datasourceUid: '', prometheusUid: '', ...settings };
      const data = { enabled: isEnabled, pinned: isEnabled, jsonData };
      const url = `/api/plugins/${APP_ID}/settings`;
      await lastValueFrom(getBackendSrv().fetch({ url, method: 'POST', data, showErrorAlert: false }));
      // Grafana reads the settings of an app once, when it starts in the browser.
      locationService.reload();
    } catch {
      setState({ busy: false, failure: 'Grafana did not save it. This needs the role Admin.' });
    }
  };
  return (
    <Stack direction="column" gap={3}>
      {isProvisioned && (
        <Alert title="Set by provisioning" severity="info">
          These settings come from a file on the server and are read only here. Change provisioning/plugins and restart
          Grafana.
        </Alert>
      )}
      <FieldSet label="Where the pages read from">
        <Field
          label="Patchhaven data source"
          description="It holds the URL of the exporter and the token. With only one, nothing has to be chosen."
        >
          <SourceCombobox
            id="patchhaven-datasource"
            type={DATASOURCE_ID}
            uid={settings.datasourceUid}
            disabled={isProvisioned}
            onChange={(datasourceUid) => setSettings(narrowSettings({ ...settings, datasourceUid }))}
          />
        </Field>
        {settings.datasourceUid !== undefined && (
          <Box marginBottom={2}>
            <TestButton key={settings.datasourceUid} uid={settings.datasourceUid} />
          </Box>
        )}
        <Field
          label="Prometheus data source"
          description="Draws uptime under the patch events of a device. Without it the timeline shows patch events alone."
        >
          <SourceCombobox
            id="patchhaven-prometheus"
            type="prometheus"
            uid={settings.prometheusUid}
            disabled={isProvisioned}
            onChange={(prometheusUid) => setSettings(narrowSettings({ ...settings, prometheusUid }))}
          />
        </Field>
        {state.failure !== undefined && (
          <Alert title="Not saved" severity="error">
            {state.failure}
          </Alert>
        )}
        <Stack gap={1}>
          <Button disabled={isProvisioned || state.busy} onClick={() => void save(true)}>
            {enabled ? 'Save' : 'Save and enable'}
          </Button>
          {enabled && (
            <Button variant="secondary" disabled={isProvisioned || state.busy} onClick={() => void save(false)}>
              Disable
            </Button>
          )}
        </Stack>
      </FieldSet>
      <Help />
    </Stack>
  );
}

interface ComboboxProps {
  readonly id: string;
  readonly type: string;
  readonly uid: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (uid: string | undefined) => void;
}

function SourceCombobox({ id, type, uid, disabled, onChange }: ComboboxProps): React.JSX.Element {
  const options = getDataSourceSrv()
    .getList({ type })
    .map((source) => ({ value: source.uid, label: source.name }));
  return (
    <Combobox
      id={id}
      width={40}
      isClearable
      disabled={disabled}
      placeholder={options.length === 0 ? 'There is none yet' : 'Choose'}
      options={options}
      value={uid ?? null}
      onChange={(option) => onChange(option?.value)}
    />
  );
}

function Help(): React.JSX.Element {
  return (
    <section aria-label="Tokens and roles">
      <Stack direction="column" gap={1}>
        <Text element="h2" variant="h5">
          Tokens and roles
        </Text>
        <Text>
          Make a token with <code>patchhaven token create --role operator</code> and put it into the data source.
          Limited to an organization, it shows that organization alone.
        </Text>
        <Text>
          In Grafana a Viewer reads, an Editor also opens and cancels windows and matches devices. The exporter checks
          the signed identity of the user again (<code>api.grafana</code> in its configuration) and writes an audit
          record.
        </Text>
        <TextLink href="/connections/datasources" inline={false}>
          Data sources
        </TextLink>
      </Stack>
    </section>
  );
}
