import React from 'react';
import { locationService, setBackendSrv, setDataSourceSrv } from '@grafana/runtime';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router-dom';
import { of, throwError } from 'rxjs';
import ConfigurationPage from './ConfigurationPage';

const posted: unknown[] = [];
const reload = jest.spyOn(locationService, 'reload').mockImplementation(() => undefined);

function open(meta: object, { test, refuse = false }: { test?: () => Promise<unknown>; refuse?: boolean } = {}) {
  posted.length = 0;
  reload.mockClear();
  setBackendSrv({
    fetch: (request: { data: unknown }) => {
      posted.push(request.data);
      return refuse ? throwError(() => ({ status: 403 })) : of({ data: {} });
    },
  } as never);
  setDataSourceSrv({
    getList: ({ type }: { type: string }) => [{ uid: `${type}-1`, name: `My ${type}` }],
    get: () =>
      Promise.resolve({ testDatasource: test ?? (() => Promise.resolve({ status: 'success', message: 'Fine.' })) }),
  } as never);
  const props = { plugin: { meta }, query: {} } as never as React.ComponentProps<typeof ConfigurationPage>;
  return render(
    <MemoryRouter>
      <ConfigurationPage {...props} />
    </MemoryRouter>,
  );
}
const chosen = { enabled: true, jsonData: { datasourceUid: 'patchhaven', prometheusUid: 'prom' } };

describe('Configuration', () => {
  it('saves what is chosen and reads it anew', async () => {
    open(chosen);
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(reload).toHaveBeenCalled());
    expect(posted).toEqual([{ enabled: true, pinned: true, jsonData: chosen.jsonData }]);
  });

  it('disables the app and keeps its settings', async () => {
    open(chosen);
    await userEvent.click(screen.getByRole('button', { name: 'Disable' }));
    await waitFor(() => expect(posted).toEqual([{ enabled: false, pinned: false, jsonData: chosen.jsonData }]));
  });

  it('says so when Grafana refuses', async () => {
    open(chosen, { refuse: true });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/needs the role Admin/)).toBeInTheDocument();
    expect(reload).not.toHaveBeenCalled();
  });

  it.each([
    ['works', () => Promise.resolve({ status: 'success', message: 'Fine.' }), 'It works', 'Fine.'],
    [
      'is wrong',
      () => Promise.resolve({ status: 'error', message: 'Wrong token.' }),
      'It does not work',
      'Wrong token.',
    ],
    ['throws', () => Promise.reject(new Error('No answer.')), 'It does not work', 'No answer.'],
  ])('tests the data source in its own words: %s', async (_name, test, title, message) => {
    open(chosen, { test });
    await userEvent.click(screen.getByRole('button', { name: 'Test' }));
    expect(await screen.findByText(title)).toBeInTheDocument();
    expect(screen.getByText(message)).toBeInTheDocument();
  });

  it('is read only when a file on the server sets it', () => {
    open({ enabled: true, jsonData: { ...chosen.jsonData, provisioned: true } });
    expect(screen.getByText('Set by provisioning')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  });
});
