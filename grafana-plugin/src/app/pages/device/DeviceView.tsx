import React, { useCallback, useState } from 'react';
import { PluginPage } from '@grafana/runtime';
import { Alert, Stack, Tab, TabContent, TabsBar } from '@grafana/ui';
import type { DeviceDetail } from '../../../shared/api/types';
import { OpenWindow } from '../../actions/OpenWindow';
import { OrderActions } from '../../actions/OrderActions';
import type { OrderResult } from '../../actions/order-model';
import { LedgerList } from '../../components/LedgerList';
import { PageState } from '../../components/PageState';
import { TimeSpanPicker } from '../../components/TimeSpanPicker';
import type { RawSpan } from '../../hooks/time-span';
import { useLinks } from '../../hooks/useLinks';
import { usePermission } from '../../hooks/usePermission';
import type { ResourceHandle } from '../../hooks/useResource';
import { useTimeSpan } from '../../hooks/useTimeSpan';
import { useUrlParam } from '../../hooks/useUrlParam';
import { type DeviceTab, deviceTabs } from '../../routes';
import { ChecksTab } from './ChecksTab';
import { DeviceHeader } from './DeviceHeader';
import { ExplainTab } from './ExplainTab';
import type { FoundDevice } from './find-device';
import { OrdersTab } from './OrdersTab';
import { PatchesTab } from './PatchesTab';
import { TimelineTab } from './TimelineTab';

const titles: Record<DeviceTab, string> = {
  timeline: 'Timeline',
  explain: 'Why it pages or not',
  checks: 'Checks',
  patches: 'Updates',
  orders: 'Orders',
  ledger: 'Ledger',
};

const fewHours: RawSpan = { from: 'now-6h', to: 'now' };

interface Props {
  readonly device: DeviceDetail;
  readonly handle: ResourceHandle<FoundDevice>;
}

export function DeviceView({ device, handle }: Props): React.JSX.Element {
  const linkTo = useLinks();
  const { canOperate, why } = usePermission();
  const [span, setSpan] = useTimeSpan(fewHours);
  const [tabName, setTab] = useUrlParam('tab');
  const tab = deviceTabs.find((known) => known === tabName) ?? 'timeline';
  const [said, setSaid] = useState<OrderResult>();
  const [round, setRound] = useState(0);
  const { reload } = handle;
  const renew = useCallback(() => {
    setRound((before) => before + 1);
    reload();
  }, [reload]);
  const done = useCallback(
    (text: string) => {
      setSaid({ title: 'Done', text, severity: 'success' });
      renew();
    },
    [renew],
  );
  const showOrders = () => {
    setTab('orders');
    renew();
  };
  const isMatched = device.identity.status === 'matched';
  return (
    <PluginPage
      pageNav={{
        text: device.name,
        parentItem: { text: 'Fleet', url: linkTo('fleet', { organization: device.organization }) },
      }}
      actions={
        <Stack gap={1} wrap="wrap">
          <TimeSpanPicker span={span} onChange={setSpan} />
          {canOperate && isMatched && <OpenWindow devices={[device]} onDone={done} />}
          {canOperate && (
            <OrderActions
              device={device}
              onResult={(result) => {
                setSaid(result);
                showOrders();
              }}
              onDoubt={showOrders}
            />
          )}
        </Stack>
      }
    >
      {said !== undefined && (
        <Alert severity={said.severity} title={said.title} onRemove={() => setSaid(undefined)}>
          {said.text}
        </Alert>
      )}
      <PageState handle={handle} what="this device">
        {() => <DeviceHeader device={device} onDone={done} why={canOperate ? undefined : why} />}
      </PageState>
      <TabsBar>
        {deviceTabs.map((one) => (
          <Tab
            key={one}
            label={titles[one]}
            active={one === tab}
            counter={one === 'patches' ? device.patches?.length : undefined}
            onChangeTab={() => setTab(one)}
          />
        ))}
      </TabsBar>
      <TabContent>
        <div role="tabpanel" aria-label={titles[tab]} style={{ paddingTop: 16 }}>
          {tab === 'timeline' && <TimelineTab device={device} span={span} onSpan={setSpan} round={round} />}
          {tab === 'explain' && <ExplainTab device={device.id} round={round} />}
          {tab === 'checks' && <ChecksTab device={device} />}
          {tab === 'patches' && <PatchesTab patches={device.patches} />}
          {tab === 'orders' && <OrdersTab device={device.id} round={round} />}
          {tab === 'ledger' && <LedgerList filter={{ device: device.id }} span={span} round={round} ofOneDevice />}
        </div>
      </TabContent>
    </PluginPage>
  );
}
