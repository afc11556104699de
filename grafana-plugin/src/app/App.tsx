import React from 'react';
import type { AppRootProps } from '@grafana/data';
import { Route, Routes } from 'react-router-dom';

export default function App(_props: AppRootProps) {
  return (
    <Routes>
      <Route path="*" element={null} />
    </Routes>
  );
}
