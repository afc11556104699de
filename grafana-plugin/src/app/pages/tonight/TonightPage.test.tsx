import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Answer, Source } from '../../../shared/api/types';
import { type FakeExporter, never, problem } from '../../../test/exporter';
import {
  goldenExporter,
  ledgerPage,
  MAINTENANCE_WINDOW,
  OVERDUE_WINDOW,
  PLANNED_WINDOW,
  QUIET_WINDOW,
  REFUSED_LINE,
  UNHEALTHY_WINDOW,
  windowPage,
} from '../../../test/fixtures';
import { golden, goldenNow } from '../../../test/golden';
import { renderApp, type RenderOptions } from '../../../test/render';

const busyNight = () =>
  goldenExporter()
    .on('GET /windows', windowPage(PLANNED_WINDOW, MAINTENANCE_WINDOW, QUIET_WINDOW, UNHEALTHY_WINDOW, OVERDUE_WINDOW))
    .on('GET /ledger', ledgerPage(REFUSED_LINE));

const section = (name: RegExp) => within(screen.getByRole('region', { name: name }));

async function openTonight(exporter: FakeExporter, options: RenderOptions = {}) {
  const app = renderApp('tonight', { exporter, ...options });
  await screen.findByRole('heading', { name: /^Planned next/ });
  return app;
}

const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });

describe('Tonight', () => {
  beforeEach(() => jest.useFakeTimers({ now: goldenNow, advanceTimers: true }));
  afterEach(() => jest.useRealTimers());

  it('tells the night, worst first', async () => {
    await openTonight(busyNight());
    expect(screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)).toEqual([
      'Overdue (1)',
      'Failed their checks (1)',
      'Quiet now (1)',
      'In maintenance (1)',
      'Not muted (1)',
      'Planned next (1)',
    ]);
    expect(section(/^Failed their checks \(/).getByText(/iis: answers 500/)).toBeInTheDocument();
    expect(section(/^Failed their checks \(/).queryByText(/sshd/)).not.toBeInTheDocument();
    expect(section(/^Not muted \(/).getByText(REFUSED_LINE.text)).toBeInTheDocument();
    expect(section(/^In maintenance \(/).getByText('alice')).toBeInTheDocument();
  });

  it('counts down to the stored end, and moves what has run out to overdue', async () => {
    await openTonight(busyNight());
    const quiet = section(/^Quiet now \(/);
    expect(quiet.getByRole('timer')).toHaveTextContent(/^27 min 5\d s$/);
    await act(() => jest.advanceTimersByTimeAsync(60_000));
    expect(section(/^Quiet now \(/).getByRole('timer')).toHaveTextContent(/^26 min 5\d s$/);
    await act(() => jest.advanceTimersByTimeAsync(28 * 60_000));
    expect(screen.getByRole('heading', { name: 'Overdue (2)' })).toBeInTheDocument();
    expect(screen.getByText('No device is muted now: each outage pages.')).toBeInTheDocument();
  });

  it('goes by the clock of the exporter when the one of the browser is wrong', async () => {
    jest.setSystemTime(goldenNow + 20 * 60_000);
    await openTonight(busyNight().on('GET /status', golden('status')));
    await waitFor(() => expect(section(/^Quiet now \(/).getByRole('timer')).toHaveTextContent(/^27 min 5\d s$/));
  });

  it('links each device to its explanation, and keeps the organization', async () => {
    renderApp('tonight?organization=acme', { exporter: busyNight() });
    const link = await screen.findByRole('link', { name: 'SRV-1' });
    expect(link).toHaveAttribute('href', '/a/patchhaven-fleet-app/device?organization=acme&id=ninja%3A1&tab=explain');
  });

  it('says so when nothing happens', async () => {
    await openTonight(goldenExporter().on('GET /windows', windowPage()).on('GET /ledger', ledgerPage()));
    expect(screen.getByText('No device is overdue.')).toBeInTheDocument();
    expect(screen.getByText('No device is muted now: each outage pages.')).toBeInTheDocument();
    expect(screen.queryByRole('heading', { name: /In maintenance/ })).not.toBeInTheDocument();
  });

  it('says that it reads while it does', async () => {
    renderApp('tonight', { exporter: goldenExporter().on('GET /windows', never) });
    expect(await screen.findByText('Reading the windows of tonight …')).toBeInTheDocument();
  });

  it('leaves the other parts alive when one cannot be read, and tries again when asked', async () => {
    const exporter = busyNight().on('GET /windows', problem(503, 'The store does not answer.'));
    await openTonight(exporter);
    expect(screen.getByText('The store does not answer.')).toBeInTheDocument();
    expect(screen.getByText(REFUSED_LINE.text)).toBeInTheDocument();
    exporter.on('GET /windows', windowPage(QUIET_WINDOW));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Quiet now (1)' })).toBeInTheDocument();
  });

  it('says once, above everything, that nothing can be read, and reads all of it when asked', async () => {
    const exporter = busyNight();
    const parts = ['windows', 'ledger', 'events', 'sources', 'status'].map((part) => `GET /${part}`);
    for (const part of parts) {
      exporter.on(part, problem(503, 'The exporter is not there.'));
    }
    renderApp('tonight', { exporter });
    expect(await screen.findByText('Could not read the night')).toBeInTheDocument();
    expect(screen.getAllByText(/The exporter is not there/)).toHaveLength(1);
    expect(screen.getAllByRole('alert')).toHaveLength(1);
    for (const part of parts) {
      exporter.on(part, golden(part.replace('GET /', '')));
    }
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: /^Overdue/ })).toBeInTheDocument();
    expect(screen.queryByText(/The exporter is not there/)).not.toBeInTheDocument();
  });

  it('says once that nothing can be renewed, and keeps everything it had', async () => {
    const exporter = busyNight();
    await openTonight(exporter);
    for (const part of ['windows', 'ledger', 'events', 'sources', 'status']) {
      exporter.on(`GET /${part}`, problem(503, 'The exporter is not there.'));
    }
    await act(() => jest.advanceTimersByTimeAsync(16_000));
    expect(screen.getAllByText(/The exporter is not there\. What follows was read/)).toHaveLength(1);
    expect(screen.getByRole('heading', { name: 'Quiet now (1)' })).toBeInTheDocument();
    expect(screen.getByText(REFUSED_LINE.text)).toBeInTheDocument();
  });

  it('counts each part above them, and asks for the status as seldom as for the rest', async () => {
    const { exporter } = await openTonight(busyNight());
    const glance = within(screen.getByRole('navigation', { name: 'Tonight at a glance' }));
    expect(glance.getByRole('button', { name: '1 Overdue' })).toBeEnabled();
    expect(glance.getByRole('button', { name: '0 Being checked' })).toBeDisabled();
    await act(() => jest.advanceTimersByTimeAsync(31_000));
    expect(exporter.sent('GET /status').length).toBe(exporter.sent('GET /windows').length);
  });

  it('keeps what it had when it cannot renew it, and says since when', async () => {
    const exporter = busyNight();
    await openTonight(exporter);
    exporter.on('GET /windows', problem(503, 'The store does not answer.'));
    await act(() => jest.advanceTimersByTimeAsync(16_000));
    expect(screen.getByText(/The store does not answer. What follows was read/)).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Quiet now (1)' })).toBeInTheDocument();
  });

  it('says that nothing new is muted while Prometheus does not tell who is down', async () => {
    const status = golden<Answer<'/status'>>('status');
    const silent = { ...status.watcher, lastSuccessAt: null };
    await openTonight(busyNight().on('GET /status', { ...status, watcher: silent }));
    const banner = await screen.findByRole('alert', { name: 'Prometheus does not answer: nothing new is muted' });
    expect(banner).toHaveTextContent('has not answered since the exporter started');
  });

  it('says nothing of Prometheus while it answers', async () => {
    await openTonight(busyNight());
    expect(screen.queryByText(/Prometheus does not answer/)).not.toBeInTheDocument();
  });

  it('says honestly that nothing new is muted while no source answers', async () => {
    const sources = golden<{ items: Source[] }>('sources').items.map((source) => ({ ...source, up: false }));
    await openTonight(busyNight().on('GET /sources', { items: sources }));
    expect(screen.getByText('No source answers: nothing new is muted')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'ninja' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/sources?source=ninja',
    );
  });

  it('says that nothing can be muted while there is no source', async () => {
    await openTonight(busyNight().on('GET /sources', { items: [] }));
    expect(screen.getByText('No source yet: nothing is muted')).toBeInTheDocument();
  });

  it('shows a viewer no action, and says why', async () => {
    await openTonight(busyNight(), { role: 'Viewer' });
    expect(screen.getByText(/needs the role Editor or Admin/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Cancel window|Open maintenance/ })).not.toBeInTheDocument();
  });
});

describe('Ending a quiet window', () => {
  beforeEach(() => jest.useFakeTimers({ now: goldenNow, advanceTimers: true }));
  afterEach(() => jest.useRealTimers());

  async function ask(exporter: FakeExporter) {
    await openTonight(exporter, { role: 'Editor' });
    await user.click(await screen.findByRole('button', { name: 'Cancel window of SRV-1' }));
    return within(screen.getByRole('dialog'));
  }

  it('names the device and the end, and waits for the name to be typed', async () => {
    const dialog = await ask(busyNight());
    expect(dialog.getByText(/SRV-1 is in a quiet window until/)).toHaveTextContent('2026-03-10 02:28:00');
    const confirm = dialog.getByRole('button', { name: 'End the quiet window' });
    expect(confirm).toBeDisabled();
    await user.type(dialog.getByLabelText('Type "SRV-1" to confirm'), 'srv-1');
    expect(confirm).toBeDisabled();
  });

  it('asks the exporter, and shows the result only when it is done', async () => {
    const exporter = busyNight();
    const dialog = await ask(exporter);
    let finish: (body: unknown) => void = () => undefined;
    exporter.on('DELETE /windows/w-1', () => new Promise((resolve) => (finish = resolve)));
    await user.type(dialog.getByLabelText('Reason, for the ledger'), 'wrong host');
    await user.type(dialog.getByLabelText('Type "SRV-1" to confirm'), 'SRV-1');
    await user.click(dialog.getByRole('button', { name: 'End the quiet window' }));
    expect(dialog.getByRole('button', { name: 'Asking the exporter …' })).toBeDisabled();
    expect(screen.getByRole('heading', { name: 'Quiet now (1)', hidden: true })).toBeInTheDocument();
    expect(exporter.sent('DELETE /windows/w-1')[0]?.body).toEqual({ reason: 'wrong host' });

    exporter.on('GET /windows', windowPage());
    await act(async () => finish(golden('cancel-window')));
    expect(await screen.findByText(/The window of SRV-1 is closed/)).toBeInTheDocument();
    expect(await screen.findByRole('heading', { name: 'Quiet now (0)' })).toBeInTheDocument();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it.each([
    [403, 'This needs the role operator; yours is viewer.'],
    [409, 'there is no open window with this id'],
  ])('stays open on %d and says what the exporter says', async (status, sentence) => {
    const dialog = await ask(busyNight().on('DELETE /windows/w-1', problem(status, sentence)));
    await user.type(dialog.getByLabelText('Type "SRV-1" to confirm'), 'SRV-1');
    await user.click(dialog.getByRole('button', { name: 'End the quiet window' }));
    expect(await dialog.findByText(sentence)).toBeInTheDocument();
    expect(dialog.getByText('Nothing was changed')).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Quiet now (1)', hidden: true })).toBeInTheDocument();
  });
});
