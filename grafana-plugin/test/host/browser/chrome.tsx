import { AppEvents, createTheme, ThemeContext } from '@grafana/data';
import { getAppEvents, locationService } from '@grafana/runtime';
import { Alert, GlobalStyles, PortalContainer } from '@grafana/ui';
import './control';
import React, { useEffect, useMemo, useState } from 'react';

interface Props {
  readonly initialTheme: 'dark' | 'light';
  readonly children: React.ReactNode;
}

interface Message {
  readonly id: number;
  readonly severity: 'success' | 'warning' | 'error' | 'info';
  readonly text: string;
}

const severities = [
  [AppEvents.alertSuccess, 'success'],
  [AppEvents.alertWarning, 'warning'],
  [AppEvents.alertError, 'error'],
  [AppEvents.alertInfo, 'info'],
] as const;

/** Theme, global styles, portal and notifications: what of Grafana surrounds every page. */
export function Chrome({ initialTheme, children }: Props): React.JSX.Element {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [mode, setMode] = useState(initialTheme);
  const theme = useMemo(() => createTheme({ colors: { mode } }), [mode]);
  useEffect(() => {
    window.hostControl = {
      navigate: (path) => {
        locationService.push(path);
      },
      setTheme: setMode,
    };
  }, []);
  useEffect(() => {
    let id = 0;
    const subscriptions = severities.map(([type, severity]) =>
      getAppEvents().subscribe(
        { type: type.name } as never,
        (({ payload }: { payload: readonly string[] }) => {
          id += 1;
          setMessages((known) => [...known, { id, severity, text: payload.filter(Boolean).join(': ') }]);
        }) as never,
      ),
    );
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, []);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <main style={{ background: theme.colors.background.canvas, minHeight: '100vh' }}>{children}</main>
      <PortalContainer />
      <div style={{ position: 'fixed', top: 16, right: 16, width: 400, zIndex: 1100 }} data-testid="notifications">
        {messages.map(({ id, severity, text }) => (
          <Alert key={id} severity={severity} title={text} elevated />
        ))}
      </div>
    </ThemeContext.Provider>
  );
}
