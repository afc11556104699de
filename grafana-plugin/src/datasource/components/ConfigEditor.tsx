import React from 'react';
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Alert, Field, FieldSet, Input, SecretInput, SecretTextArea, Switch, Text, TextLink } from '@grafana/ui';
import type { PatchhavenOptions, PatchhavenSecrets } from '../query';

type Props = DataSourcePluginOptionsEditorProps<PatchhavenOptions, PatchhavenSecrets>;
const width = 50;

/** Where the exporter is, and how Grafana proves itself to it. */
export function ConfigEditor({ options, onOptionsChange }: Props): React.JSX.Element {
  const { jsonData, secureJsonFields, secureJsonData } = options;
  const changeData = (part: Partial<PatchhavenOptions>) =>
    onOptionsChange({ ...options, jsonData: { ...jsonData, ...part } });
  const changeSecret = (key: keyof PatchhavenSecrets, value: string) =>
    onOptionsChange({ ...options, secureJsonData: { ...secureJsonData, [key]: value } });
  const resetSecret = (key: keyof PatchhavenSecrets) =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...secureJsonFields, [key]: false },
      secureJsonData: { ...secureJsonData, [key]: '' },
    });
  const urlProblem = problemOfUrl(options.url);
  return (
    <>
      <FieldSet label="Exporter">
        <Field
          label="URL"
          description="As the Grafana server reaches it, without /api."
          required
          invalid={urlProblem !== undefined}
          error={urlProblem}
        >
          <Input
            id="patchhaven-url"
            width={width}
            value={options.url}
            placeholder="http://exporter:9725"
            disabled={options.readOnly}
            onChange={({ currentTarget }) => onOptionsChange({ ...options, url: currentTarget.value.trim() })}
          />
        </Field>
        <Field
          label="Token"
          description="Made by: patchhaven token create --name grafana --role viewer. It stays on the server; no browser sees it."
          required
        >
          <SecretInput
            id="patchhaven-token"
            width={width}
            isConfigured={secureJsonFields.token === true}
            value={secureJsonData?.token ?? ''}
            placeholder="ph_…"
            disabled={options.readOnly}
            onReset={() => resetSecret('token')}
            onChange={({ currentTarget }) => changeSecret('token', currentTarget.value.trim())}
          />
        </Field>
        <Field label="Timeout" description="Seconds Grafana waits for an answer. Empty: as Grafana is set (30).">
          <Input
            id="patchhaven-timeout"
            width={width}
            type="number"
            min={1}
            max={600}
            value={jsonData.timeout ?? ''}
            disabled={options.readOnly}
            onChange={({ currentTarget }) => changeData({ timeout: toSeconds(currentTarget.value) })}
          />
        </Field>
      </FieldSet>
      <FieldSet label="TLS">
        <Field
          label="CA certificate"
          description="For an exporter whose certificate is not signed by a known authority."
        >
          <Switch
            id="patchhaven-ca"
            value={jsonData.tlsAuthWithCACert ?? false}
            disabled={options.readOnly}
            onChange={({ currentTarget }) => changeData({ tlsAuthWithCACert: currentTarget.checked })}
          />
        </Field>
        {jsonData.tlsAuthWithCACert === true && (
          <Field label="Certificate (PEM)">
            <SecretTextArea
              id="patchhaven-ca-certificate"
              cols={60}
              rows={5}
              isConfigured={secureJsonFields.tlsCACert === true}
              placeholder="-----BEGIN CERTIFICATE-----"
              disabled={options.readOnly}
              onReset={() => resetSecret('tlsCACert')}
              onChange={({ currentTarget }) => changeSecret('tlsCACert', currentTarget.value)}
            />
          </Field>
        )}
        <Field label="Skip verification" description="Anyone on the way could then read the token. For tests only.">
          <Switch
            id="patchhaven-skip-verify"
            value={jsonData.tlsSkipVerify ?? false}
            disabled={options.readOnly}
            onChange={({ currentTarget }) => changeData({ tlsSkipVerify: currentTarget.checked })}
          />
        </Field>
      </FieldSet>
      <Alert severity="info" title="Who may act, and in which organization">
        <Text element="p">
          Grafana signs each request with the user behind it (X-Grafana-Id). Where the exporter is told about this
          Grafana (api.grafana in its configuration), it maps this Grafana organization to its own organizations, and
          the user&apos;s role to its own: a viewer token is then enough for everyone, and each action is recorded with
          the user&apos;s name. Without it every request counts as the token.
        </Text>
        <TextLink href="/admin/orgs" inline={false}>
          Organizations of this Grafana and their numbers
        </TextLink>
      </Alert>
    </>
  );
}

/** What is wrong with a URL as it is typed; undefined when nothing is. */
export function problemOfUrl(url: string): string | undefined {
  if (url === '') {
    return 'Enter the URL of the exporter.';
  }
  if (!/^https?:\/\//.test(url)) {
    return 'The URL starts with http:// or https://.';
  }
  if (/\/api(\/|$)/.test(url.replace(/^https?:\/\/[^/]+/, ''))) {
    return 'Leave out /api: the plugin adds it.';
  }
  try {
    return new URL(url).username === '' ? undefined : 'Leave out user and password: the token stands for both.';
  } catch {
    return 'This is not a URL.';
  }
}

function toSeconds(text: string): number | undefined {
  const seconds = Number(text);
  return text === '' || !Number.isFinite(seconds) || seconds < 1 ? undefined : Math.min(600, Math.round(seconds));
}
