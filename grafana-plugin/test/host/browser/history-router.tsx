import React, { useLayoutEffect, useState } from 'react';
import { Router } from 'react-router';

interface History {
  readonly action: 'PUSH' | 'POP' | 'REPLACE';
  readonly location: object;
  listen(listener: (location: object, action: History['action']) => void): () => void;
}

interface Props {
  /** Grafana's own history (history 4), which `locationService` moves too. It strips the sub path itself. */
  readonly history: unknown;
  readonly basename: string;
  readonly children: React.ReactNode;
}

/** React Router over the history of `locationService`, so that both see every navigation. */
export function HistoryRouter({ history: given, children }: Props): React.JSX.Element {
  const history = given as History;
  const [state, setState] = useState({ action: history.action, location: history.location });
  useLayoutEffect(
    () =>
      history.listen((location, action) => {
        setState({ action, location });
      }),
    [history],
  );
  return (
    <Router navigator={history as never} navigationType={state.action as never} location={state.location as never}>
      {children}
    </Router>
  );
}
