import './systemjs';
import { config, locationService } from '@grafana/runtime';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { Route, Routes } from 'react-router';
import { AppPage } from './app-page';
import { Chrome } from './chrome';
import { EditorPage } from './editor-page';
import { HistoryRouter } from './history-router';
import { interceptLinkClicks } from './link-clicks';
import { initLoader } from './loader';
import { PanelPage } from './panel-page';
import { initServices } from './services';

initServices();
initLoader();
document.addEventListener('click', interceptLinkClicks);

const initialTheme = config.bootData.user.theme === 'light' ? 'light' : 'dark';
const container = document.getElementById('reactRoot');
if (container === null) throw new Error('the page has no #reactRoot');

createRoot(container).render(
  <Chrome initialTheme={initialTheme}>
    <HistoryRouter history={locationService.getHistory()} basename={config.appSubUrl}>
      <Routes>
        <Route path="/a/:id/*" element={<AppPage />} />
        <Route path="/plugins/:id" element={<AppPage configuration />} />
        <Route path="/host/panel" element={<PanelPage />} />
        <Route path="/host/editor/:kind" element={<EditorPage />} />
        <Route path="*" element={<p>Grafana itself would answer here: this host only has the plugins.</p>} />
      </Routes>
    </HistoryRouter>
  </Chrome>,
);
