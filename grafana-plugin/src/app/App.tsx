import React, { lazy } from 'react';
import type { AppRootProps } from '@grafana/data';
import { Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { APP_ROOT } from '../constants';
import { PageBoundary } from './components/PageBoundary';
import { CallerProvider } from './context/CallerContext';
import { AppProvider } from './context/AppContext';
import { NotFoundPage } from './pages/NotFoundPage';
import { narrowSettings } from './settings';

const DevicePage = lazy(() => import(/* webpackChunkName: "device" */ './pages/device/DevicePage'));
const FleetPage = lazy(() => import(/* webpackChunkName: "fleet" */ './pages/fleet/FleetPage'));
const LedgerPage = lazy(() => import(/* webpackChunkName: "ledger" */ './pages/ledger/LedgerPage'));
const SourcesPage = lazy(() => import(/* webpackChunkName: "sources" */ './pages/sources/SourcesPage'));
const TonightPage = lazy(() => import(/* webpackChunkName: "tonight" */ './pages/tonight/TonightPage'));
const TopologyPage = lazy(() => import(/* webpackChunkName: "topology" */ './pages/topology/TopologyPage'));
const UpdatesPage = lazy(() => import(/* webpackChunkName: "updates" */ './pages/updates/UpdatesPage'));

/** Everything below `/a/patchhaven-fleet-app`. */
export default function App({ meta }: AppRootProps): React.JSX.Element {
  const settings = React.useMemo(() => narrowSettings(meta.jsonData), [meta.jsonData]);
  return (
    <PageBoundary>
      <AppProvider settings={settings}>
        <CallerProvider>
          <Routes>
            <Route path="tonight" element={<TonightPage />} />
            <Route path="fleet" element={<FleetPage />} />
            <Route path="device" element={<DevicePage />} />
            <Route path="updates" element={<UpdatesPage />} />
            <Route path="topology" element={<TopologyPage />} />
            <Route path="ledger" element={<LedgerPage />} />
            <Route path="sources" element={<SourcesPage />} />
            <Route path="unmatched" element={<SourcesPage initialTab="unmatched" />} />
            <Route index element={<ToTonight />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </CallerProvider>
      </AppProvider>
    </PageBoundary>
  );
}

function ToTonight(): React.JSX.Element {
  const { search } = useLocation();
  return <Navigate to={{ pathname: `${APP_ROOT}/tonight`, search }} replace />;
}
