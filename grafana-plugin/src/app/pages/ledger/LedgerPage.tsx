import React, { useCallback, useState } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, Button, Stack } from '@grafana/ui';
import type { LedgerLine } from '../../../shared/api/types';
import { ledgerLooks } from '../../../shared/format/looks';
import { toActionError } from '../../actions/action-error';
import { download } from '../../components/download';
import { type LedgerFilter, LedgerList } from '../../components/LedgerList';
import { OrganizationPicker } from '../../components/OrganizationPicker';
import { TimeSpanPicker } from '../../components/TimeSpanPicker';
import { TogglePill } from '../../components/TogglePill';
import { useExporter } from '../../context/AppContext';
import { useOrganization } from '../../hooks/useOrganization';
import { toQuerySpan } from '../../hooks/query-span';
import type { RawSpan } from '../../hooks/time-span';
import { useTimeSpan } from '../../hooks/useTimeSpan';
import { useTimeZone } from '../../hooks/useTimeZone';
import { useUrlParam } from '../../hooks/useUrlParam';
import { ledgerCsv } from './ledger-csv';

type Action = LedgerLine['action'];

const day: RawSpan = { from: 'now-24h', to: 'now' };
const actions = Object.keys(ledgerLooks) as readonly Action[];

/** Every mute and every page that was left alone, with its reason. */
export default function LedgerPage(): React.JSX.Element {
  const [organization] = useOrganization();
  const [span, setSpan] = useTimeSpan(day);
  const [action, setAction] = useUrlParam('action');
  const [device, setDevice] = useUrlParam('device');
  const [windowId, setWindowId] = useUrlParam('windowId');
  const chosen = narrowActions(action);
  const filter: LedgerFilter = { organization, device, windowId, action: chosen.join(',') || undefined };
  const toggle = (one: Action) =>
    setAction((chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]).join(','));
  return (
    <PluginPage
      subTitle="Every mute and every outage that was left to page, with its reason. Nothing is ever taken out."
      actions={
        <Stack gap={1} wrap="wrap">
          <OrganizationPicker />
          <TimeSpanPicker span={span} onChange={setSpan} />
          <ExportButton filter={filter} span={span} />
        </Stack>
      }
    >
      <Stack direction="column" gap={2} alignItems="stretch">
        <div role="group" aria-label="What to show">
          <Stack gap={1} wrap="wrap">
            {actions.map((one) => (
              <TogglePill
                key={one}
                label={ledgerLooks[one].text}
                selected={chosen.includes(one)}
                onClick={() => toggle(one)}
              />
            ))}
            {device !== undefined && (
              <TogglePill selected label={`Device ${device}`} icon="times" onClick={() => setDevice(undefined)} />
            )}
            {windowId !== undefined && (
              <TogglePill selected label="One window" icon="times" onClick={() => setWindowId(undefined)} />
            )}
          </Stack>
        </div>
        <LedgerList filter={filter} span={span} />
      </Stack>
    </PluginPage>
  );
}

/** What a URL says of actions; words that are none are left out. */
function narrowActions(text: string | undefined): readonly Action[] {
  const words = (text ?? '').split(',');
  return actions.filter((action) => words.includes(action));
}

const exportCap = 50_000;

function ExportButton({ filter, span }: { readonly filter: LedgerFilter; readonly span: RawSpan }): React.JSX.Element {
  const client = useExporter();
  const timeZone = useTimeZone();
  const [isRunning, setRunning] = useState(false);
  const [said, setSaid] = useState<{ severity: 'error' | 'info'; text: string }>();
  const run = useCallback(async () => {
    setRunning(true);
    setSaid(undefined);
    try {
      const query = { ...filter, ...toQuerySpan(span, timeZone) };
      const { items, isCut } = await client.getPages('/ledger', { query }, exportCap);
      // The mark tells spreadsheets that this is UTF-8.
      download('patchhaven-ledger.csv', new Blob(['\uFEFF', ledgerCsv(items)], { type: 'text/csv;charset=utf-8' }));
      if (isCut) {
        setSaid({ severity: 'info', text: `The file holds the newest ${exportCap.toLocaleString()} lines only.` });
      }
    } catch (error) {
      setSaid({ severity: 'error', text: toActionError(error).message });
    }
    setRunning(false);
  }, [client, filter, span, timeZone]);
  return (
    <Stack direction="column" gap={1}>
      <Button variant="secondary" icon="download-alt" onClick={() => void run()} disabled={isRunning}>
        {isRunning ? 'Reading …' : 'Export CSV'}
      </Button>
      {said !== undefined && (
        <Alert severity={said.severity} title={said.text} onRemove={() => setSaid(undefined)} bottomSpacing={0} />
      )}
    </Stack>
  );
}
