import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type FakeExporter, problem } from '../../test/exporter';
import { goldenExporter } from '../../test/fixtures';
import { golden, goldenNow } from '../../test/golden';
import { renderApp } from '../../test/render';
import { endAfter, namesOf } from './window-form';

const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });

describe('endAfter', () => {
  it('ends on a full minute, never later than asked for', () => {
    expect(new Date(endAfter(goldenNow, 30)).toISOString()).toBe('2026-03-10T02:30:00.000Z');
  });
});

describe('namesOf', () => {
  it('names five and counts the rest', () => {
    const devices = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ id: name, name }));
    expect(namesOf(devices.slice(0, 2))).toBe('a, b');
    expect(namesOf(devices)).toBe('a, b, c, d, e and 2 more');
  });
});

describe('Opening a maintenance window', () => {
  beforeEach(() => jest.useFakeTimers({ now: goldenNow, advanceTimers: true }));
  afterEach(() => jest.useRealTimers());

  async function ask(exporter: FakeExporter) {
    renderApp('device?id=ninja:1', { exporter, role: 'Editor' });
    await user.click(await screen.findByRole('button', { name: 'Open maintenance window' }));
    return within(screen.getByRole('dialog'));
  }

  it('names the device and the end, and asks for a reason', async () => {
    const dialog = await ask(goldenExporter());
    expect(dialog.getByText(/Alerts that were opted in/)).toHaveTextContent(/for SRV-1 until 2026-03-10 03:00:00/);
    expect(dialog.getByRole('button', { name: 'Pause alerts' })).toBeDisabled();
  });

  it('sends the end it has shown, and says what the exporter stored', async () => {
    const exporter = goldenExporter().on('POST /windows', golden('open-window'));
    const dialog = await ask(exporter);
    await user.type(dialog.getByLabelText(/Reason/), ' disk swap ');
    await user.click(dialog.getByRole('button', { name: 'Pause alerts' }));
    expect(await screen.findByText(/Maintenance of SRV-1 until 2026-03-10 03:00:00 is stored/)).toBeInTheDocument();
    expect(exporter.sent('POST /windows')[0]?.body).toEqual({
      devices: ['ninja:1'],
      end: '2026-03-10T03:00:00.000Z',
      reason: 'disk swap',
    });
  });

  it('plans a window that begins later, and says when', async () => {
    const exporter = goldenExporter().on('POST /windows', golden('open-window'));
    const dialog = await ask(exporter);
    await user.click(dialog.getByRole('radio', { name: 'Later' }));
    expect(dialog.getByText(/Alerts that were opted in/)).toHaveTextContent(
      /from 2026-03-10 03:00:00 until 2026-03-10 04:00:00, no longer/,
    );
    await user.type(dialog.getByLabelText(/Reason/), 'disk swap');
    await user.click(dialog.getByRole('button', { name: 'Plan to pause alerts' }));
    expect(await screen.findByText(/from 2026-03-10 03:00:00 until 2026-03-10 04:00:00 is stored/)).toBeInTheDocument();
    expect(exporter.sent('POST /windows')[0]?.body).toMatchObject({
      start: '2026-03-10T03:00:00.000Z',
      end: '2026-03-10T04:00:00.000Z',
    });
  });

  it('stays open on 422, with the sentence and what is wrong with which device', async () => {
    const refusal = problem(422, 'a window may last 240 min at the most; plan several', [
      { pointer: '/devices', detail: 'ninja:1: too_long' },
    ]);
    const dialog = await ask(goldenExporter().on('POST /windows', refusal));
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    await act(() => user.click(dialog.getByRole('button', { name: 'Pause alerts' })));
    expect(await dialog.findByText(/a window may last 240 min/)).toBeInTheDocument();
    expect(dialog.getByText('devices: ninja:1: too_long')).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Pause alerts' })).toBeEnabled();
  });
});
