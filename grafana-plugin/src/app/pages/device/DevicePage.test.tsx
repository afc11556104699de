import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Answer, Device, DeviceDetail, Explanation } from '../../../shared/api/types';
import { never, problem } from '../../../test/exporter';
import { goldenExporter, OPENED_LINE, UNHEALTHY_WINDOW, windowPage } from '../../../test/fixtures';
import { golden, goldenNow } from '../../../test/golden';
import { renderApp } from '../../../test/render';

const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });

const MATCHED = golden<DeviceDetail>('device');
const UNKNOWN_VALUES = golden<DeviceDetail>('device.unknown-values');
/** SRV-1, down since 01:58 and muted until 02:28. */
const QUIET_DEVICE: DeviceDetail = {
  ...MATCHED,
  quiet: { id: 'w-1', cause: 'reboot after KB5041160', endsAt: '2026-03-10T02:28:00.000Z', open: true, outcome: null },
};

describe('Device', () => {
  beforeEach(() => jest.useFakeTimers({ now: goldenNow, advanceTimers: true }));
  afterEach(() => jest.useRealTimers());

  it('is found by id, and says how it stands', async () => {
    renderApp('device?id=ninja:1', { exporter: goldenExporter().on('GET /devices/ninja:1', QUIET_DEVICE) });
    expect(await screen.findByRole('heading', { name: 'SRV-1' })).toBeInTheDocument();
    expect(screen.getByText(/Muted for another/)).toHaveTextContent(
      /Muted for another 27 min 5\d s, until 02:28:00, because of: reboot after KB5041160./,
    );
    expect(screen.getByText('Restart pending')).toBeInTheDocument();
    expect(screen.getByText('1 critical missing')).toBeInTheDocument();
    expect(screen.getByText('srv-1:9182')).toBeInTheDocument();
  });

  it('takes back a match that was made by hand, after saying what that does', async () => {
    const identity = { status: 'matched', instance: 'srv-1:9182', by: 'mapping' } as const;
    const exporter = goldenExporter()
      .on('GET /devices/ninja:1', { ...MATCHED, identity })
      .on('PUT /devices/ninja:1/mapping', { device: 'ninja:1', identity: { status: 'unmatched' } });
    renderApp('device?id=ninja:1', { exporter, role: 'Editor' });
    await user.click(await screen.findByRole('button', { name: 'Remove match' }));
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByText(/its alerts always page/)).toBeInTheDocument();
    await user.click(dialog.getByRole('button', { name: 'Remove match' }));
    expect(await screen.findByText(/SRV-1 is no longer matched: its alerts always page/)).toBeInTheDocument();
    expect(exporter.sent('PUT /devices/ninja:1/mapping')[0]?.body).toEqual({ instance: null });
  });

  it('offers no way back from a match that nobody made', async () => {
    renderApp('device?id=ninja:1', { exporter: goldenExporter(), role: 'Editor' });
    expect(await screen.findByText('srv-1:9182')).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: 'Open maintenance window' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Remove match' })).not.toBeInTheDocument();
  });

  it('stops calling it muted at the stored end, before anybody says so', async () => {
    renderApp('device?id=ninja:1', { exporter: goldenExporter().on('GET /devices/ninja:1', QUIET_DEVICE) });
    await screen.findByText(/Muted for another/);
    await act(() => jest.advanceTimersByTimeAsync(28 * 60_000));
    expect(screen.queryByText(/Muted for another/)).not.toBeInTheDocument();
  });

  it('is found by organization and instance, as alerts link to it, and opens the tab they name', async () => {
    const { exporter } = renderApp('device?organization=acme&instance=srv-1%3A9182&from=now-3h&to=now&tab=explain', {
      exporter: goldenExporter(),
    });
    expect(await screen.findByText(golden<Explanation>('explain').summary)).toBeInTheDocument();
    const asked = exporter.sent('GET /devices').find(({ query }) => query.has('text'));
    expect(asked?.query.get('text')).toBe('srv-1:9182');
    expect(asked?.query.get('organization')).toBe('acme');
  });

  it('takes no device that merely has the name in it', async () => {
    renderApp('device?organization=acme&instance=srv-1', { exporter: goldenExporter() });
    expect(await screen.findByText('No device is matched to srv-1 in acme')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Devices without a match' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/unmatched?organization=acme',
    );
  });

  it('lets people choose when several organizations have such an instance', async () => {
    const page = golden<Answer<'/devices'>>('devices');
    const one = page.items.find(({ id }) => id === 'ninja:1') as Device;
    const items = [one, { ...one, id: 'other:1', organization: 'globex' }];
    renderApp('device?instance=srv-1%3A9182', { exporter: goldenExporter().on('GET /devices', { ...page, items }) });
    expect(await screen.findByText('Several organizations have srv-1:9182')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'SRV-1 of globex' })).toHaveAttribute(
      'href',
      expect.stringContaining('id=other%3A1&organization=globex'),
    );
  });

  it('says so when the link names no device, and when there is none of that id', async () => {
    const { unmount } = renderApp('device', { exporter: goldenExporter() });
    expect(await screen.findByText('This link names no device')).toBeInTheDocument();
    unmount();
    renderApp('device?id=gone', {
      exporter: goldenExporter().on('GET /devices/gone', problem(404, 'No such device.')),
    });
    expect(await screen.findByText('No such device.')).toBeInTheDocument();
  });

  it('says that it reads', async () => {
    renderApp('device?id=ninja:1', { exporter: goldenExporter().on('GET /devices/ninja:1', never) });
    expect(await screen.findByText('Reading this device …')).toBeInTheDocument();
  });

  it('shows what is unknown as unknown', async () => {
    const exporter = goldenExporter().on('GET /devices/ninja:2', UNKNOWN_VALUES);
    renderApp('device?id=ninja:2&tab=patches', { exporter });
    expect(await screen.findByText('Its source says nothing about updates')).toBeInTheDocument();
    expect(screen.getByText('Ambiguous')).toBeInTheDocument();
    expect(screen.getByText('Unknown')).toBeInTheDocument();
    expect(screen.getByText('What its source said is too old to be believed')).toBeInTheDocument();
    expect(screen.queryByText('Compliant')).not.toBeInTheDocument();
  });

  it('keeps what it had when it cannot renew it', async () => {
    const exporter = goldenExporter();
    renderApp('device?id=ninja:1&tab=patches', { exporter });
    await screen.findByText('Critical fix');
    exporter.on('GET /devices/ninja:1', problem(503, 'The store does not answer.'));
    await act(() => jest.advanceTimersByTimeAsync(16_000));
    expect(screen.getByText(/The store does not answer. What follows was read/)).toBeInTheDocument();
    expect(screen.getByText('Critical fix')).toBeInTheDocument();
  });

  it('explains with evidence, verdicts and the state of alerts', async () => {
    renderApp('device?id=ninja:1&tab=explain', { exporter: goldenExporter() });
    expect(await screen.findByRole('heading', { name: 'It is muted' })).toBeInTheDocument();
    expect(screen.getByText('KB5041160 was installed 8 minutes before it went down.')).toBeInTheDocument();
    expect(screen.getByText('Holds')).toBeInTheDocument();
    expect(screen.getByText('Inhibited by PostPatchReboot.')).toBeInTheDocument();
  });

  it('shows the checks after each reboot, no data as a failure of its own', async () => {
    const exporter = goldenExporter().on('GET /windows', windowPage(UNHEALTHY_WINDOW));
    renderApp('device?id=ninja:1&tab=checks', { exporter });
    expect(await screen.findByRole('heading', { name: 'After reboot after KB5041160' })).toBeInTheDocument();
    expect(screen.getByText('No data')).toBeInTheDocument();
    expect(screen.getByText('answers 500')).toBeInTheDocument();
  });

  it('shows its updates, what needs work first, and filters them', async () => {
    renderApp('device?id=ninja:1&tab=patches', { exporter: goldenExporter() });
    await screen.findByText('Critical fix');
    const updates = () => screen.getAllByRole('rowheader').map((cell) => cell.textContent);
    expect(updates()).toEqual(['KB5041999', 'KB5041160']);
    await user.click(screen.getByRole('button', { name: 'Installed (1)' }));
    expect(updates()).toEqual(['KB5041160']);
  });

  it('shows its ledger without naming it in each line', async () => {
    const { exporter, location } = renderApp('device?id=ninja:1&from=now-1h&to=now', { exporter: goldenExporter() });
    await user.click(await screen.findByRole('tab', { name: /Ledger/ }));
    expect(await screen.findByText(OPENED_LINE.text)).toBeInTheDocument();
    expect(screen.queryByRole('columnheader', { name: 'Device' })).not.toBeInTheDocument();
    expect(location()).toContain('from=now-1h&to=now&tab=ledger');
    expect(exporter.sent('GET /ledger')[0]?.query.get('device')).toBe('ninja:1');
  });

  it('says that there is no uptime while no Prometheus is chosen, or when it does not answer', async () => {
    const { unmount } = renderApp('device?id=ninja:1', { exporter: goldenExporter() });
    expect(await screen.findByText(/Patch events only: choose a Prometheus data source/)).toBeInTheDocument();
    unmount();
    renderApp('device?id=ninja:1', { exporter: goldenExporter(), jsonData: { prometheusUid: 'prom' } });
    expect(await screen.findByText(/Uptime could not be read from Prometheus/)).toBeInTheDocument();
  });

  it('offers no action to a viewer, and says why', async () => {
    renderApp('device?id=ninja:1', { exporter: goldenExporter().on('GET /devices/ninja:1', QUIET_DEVICE) });
    expect(await screen.findByText(/needs the role Editor or Admin/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Cancel window|Open maintenance/ })).not.toBeInTheDocument();
  });

  it('offers no action to an editor whom the exporter calls a viewer', async () => {
    const status = golden<Answer<'/status'>>('status');
    const exporter = goldenExporter().on('GET /status', { ...status, caller: { ...status.caller, role: 'viewer' } });
    renderApp('device?id=ninja:1', { exporter, role: 'Editor' });
    expect(await screen.findByText(/the exporter gives you \(token:admin-token\) the role viewer/)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole('button', { name: /Open maintenance/ })).not.toBeInTheDocument());
  });
});
