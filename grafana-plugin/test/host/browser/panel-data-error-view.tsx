import type { PanelDataErrorViewProps } from '@grafana/runtime';
import React from 'react';

/** What Grafana shows in a panel that cannot draw its data. */
export function PanelDataErrorView({ message, data }: PanelDataErrorViewProps): React.JSX.Element {
  const text = message ?? (data.series.length === 0 ? 'No data' : 'Unable to render data');
  return (
    <div style={{ display: 'flex', alignItems: 'center', justifyContent: 'center', width: '100%', height: '100%' }}>
      {text}
    </div>
  );
}
