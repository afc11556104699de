import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Answer, Order } from '../../shared/api/types';
import { Failure, type FakeExporter, never, problem } from '../../test/exporter';
import { goldenExporter } from '../../test/fixtures';
import { golden, goldenNow } from '../../test/golden';
import { renderApp } from '../../test/render';

const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
const POST = 'POST /devices/ninja:1/orders';
const ACCEPTED = golden<Order>('place-order');

function exporterThatCan(can: Record<string, boolean> = { reboot: true, scripts: true }): FakeExporter {
  const { items } = golden<Answer<'/sources'>>('sources');
  const able = items.map((source) => ({ ...source, capabilities: { ...source.capabilities, ...can } }));
  return goldenExporter().on('GET /sources', { items: able });
}

async function ask(exporter: FakeExporter, name: 'Restart …' | 'Run a script …') {
  renderApp('device?id=ninja:1', { exporter, role: 'Editor' });
  const button = await screen.findByRole('button', { name });
  await screen.findByRole('button', { name: 'Open maintenance window' });
  await act(() => jest.advanceTimersByTimeAsync(50));
  await user.click(button);
  return within(await screen.findByRole('dialog'));
}

describe('Orders of a device', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: goldenNow, advanceTimers: true });
    // jsdom lays nothing out; the open list of a Combobox watches whether its ends are in sight.
    Object.assign(window, {
      IntersectionObserver: class {
        observe() {}
        disconnect() {}
        unobserve() {}
      },
    });
  });
  afterEach(() => jest.useRealTimers());

  it('names the device, its organization and what will happen, and asks for a reason', async () => {
    const dialog = await ask(exporterThatCan(), 'Restart …');
    expect(dialog.getByText(/restarts/)).toHaveTextContent(
      /The source ninja restarts SRV-1 of acme.*explained for the budget/,
    );
    expect(dialog.getByRole('button', { name: 'Restart it' })).toBeDisabled();
  });

  it('sends one order for a double click, and shows what became of it among the orders', async () => {
    const exporter = exporterThatCan().on(POST, ACCEPTED);
    const dialog = await ask(exporter, 'Restart …');
    await user.type(dialog.getByLabelText(/Reason/), ' KB5041160 ');
    await user.dblClick(dialog.getByRole('button', { name: 'Restart it' }));
    expect(await screen.findByText(/Restart of SRV-1: The source took it/)).toBeInTheDocument();
    expect(await screen.findByRole('table', { name: 'Orders' })).toBeInTheDocument();
    const sent = exporter.sent(POST);
    expect(sent.map(({ body }) => body)).toEqual([{ action: 'reboot', mode: 'normal', reason: 'KB5041160' }]);
    expect(sent[0]?.headers['Idempotency-Key']).toMatch(/^grafana-[0-9a-f]{32}$/);
  });

  it('reuses the key after an answer that never came, and lets nothing be changed meanwhile', async () => {
    let round = 0;
    const exporter = exporterThatCan().on(POST, () => ((round += 1) === 1 ? new Failure(504) : ACCEPTED));
    const dialog = await ask(exporter, 'Restart …');
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    await user.click(dialog.getByRole('button', { name: 'Restart it' }));
    expect(await dialog.findByText('It is not known whether it was ordered')).toBeInTheDocument();
    expect(dialog.getByLabelText(/Reason/)).toBeDisabled();
    await user.click(dialog.getByRole('button', { name: 'Ask again' }));
    expect(await screen.findByText(/The source took it/)).toBeInTheDocument();
    const keys = exporter.sent(POST).map(({ headers }) => headers['Idempotency-Key']);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('stays with the sentence when the exporter refuses to place it', async () => {
    const refusal = problem(409, 'a reboot was ordered at 2026-03-10T01:59:00Z and may still be on its way');
    const dialog = await ask(exporterThatCan().on(POST, refusal), 'Restart …');
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    await user.click(dialog.getByRole('button', { name: 'Restart it' }));
    expect(await dialog.findByText('Nothing was ordered')).toBeInTheDocument();
    expect(dialog.getByText(/may still be on its way/)).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Restart it' })).toBeEnabled();
  });

  it('says that it is not known what became of an order without an answer of the RMM', async () => {
    const unknown = { ...golden<Order>('order'), action: 'reboot', mode: 'normal' };
    const dialog = await ask(exporterThatCan().on(POST, unknown), 'Restart …');
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    await user.click(dialog.getByRole('button', { name: 'Restart it' }));
    expect(await screen.findByText(/It is not known whether it was carried out; it is not sent again/)).toBeVisible();
  });

  it('sends the script that was chosen from the list, with its parameters', async () => {
    const exporter = exporterThatCan().on(POST, { ...golden<Order>('order'), state: 'accepted', text: 'took it' });
    const dialog = await ask(exporter, 'Run a script …');
    await user.click(await dialog.findByRole('combobox', { name: /Script/ }));
    await user.keyboard('{ArrowDown}{Enter}');
    await user.type(dialog.getByLabelText(/Parameters/), '-Kb{Enter}KB5041160');
    await user.type(dialog.getByLabelText(/Reason/), 'roll back');
    await user.click(dialog.getByRole('button', { name: 'Run the script' }));
    expect(await screen.findByText(/Script 418 -Kb KB5041160 of SRV-1: Took it/)).toBeInTheDocument();
    expect(exporter.sent(POST)[0]?.body).toEqual({
      action: 'script',
      script: '418',
      arguments: ['-Kb', 'KB5041160'],
      reason: 'roll back',
    });
  });

  it.each([
    ['while the list is read', never, /Reading the scripts/],
    ['when there is none', { items: [] }, /has no script for this device/],
    ['when the source cannot say', problem(503, 'the vendor answered 503'), /the vendor answered 503/],
  ])('runs nothing %s, and says so', async (_, answer, words) => {
    const dialog = await ask(exporterThatCan().on('GET /devices/ninja:1/scripts', answer), 'Run a script …');
    expect(await dialog.findByText(words)).toBeInTheDocument();
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    expect(dialog.getByRole('button', { name: 'Run the script' })).toBeDisabled();
  });

  it('takes the id of the RMM where the source has no list', async () => {
    const exporter = exporterThatCan()
      .on('GET /devices/ninja:1/scripts', problem(409, 'has no list of scripts'))
      .on(POST, ACCEPTED);
    const dialog = await ask(exporter, 'Run a script …');
    await user.type(await dialog.findByLabelText(/^Script/), '77');
    await user.type(dialog.getByLabelText(/Reason/), 'x');
    await user.click(dialog.getByRole('button', { name: 'Run the script' }));
    await screen.findByText('Accepted', { selector: '[role="status"] *, [role="alert"] *' });
    expect(exporter.sent(POST)[0]?.body).toMatchObject({ script: '77', arguments: [] });
  });

  it('explains a button that does nothing', async () => {
    renderApp('device?id=ninja:1', { exporter: exporterThatCan({ reboot: true }), role: 'Editor' });
    const button = await screen.findByRole('button', { name: 'Run a script …' });
    expect(button).toHaveAttribute('aria-disabled', 'true');
    await act(() => jest.advanceTimersByTimeAsync(50));
    await user.hover(button);
    expect(await screen.findByText(/source ninja \(ninjaone\) cannot run a script/)).toBeInTheDocument();
  });

  it('shows a viewer the orders, newest first, and no action', async () => {
    renderApp('device?id=ninja:1&tab=orders', { exporter: exporterThatCan() });
    const table = within(await screen.findByRole('table', { name: 'Orders' }));
    const rows = table.getAllByRole('rowheader').map(({ textContent }) => textContent);
    expect(rows).toEqual(['Script 418 -Kb KB5041160', 'Restart']);
    expect(table.getByText('Not known')).toBeInTheDocument();
    expect(table.getAllByText('token ops')).toHaveLength(2);
    expect(screen.queryByRole('button', { name: /Restart|Run a script/ })).not.toBeInTheDocument();
  });

  it('reads the orders again soon while one is open', async () => {
    const { exporter } = renderApp('device?id=ninja:1&tab=orders', { exporter: exporterThatCan() });
    await screen.findByRole('table', { name: 'Orders' });
    const settled = { items: [ACCEPTED].map((order) => ({ ...order, state: 'done' })), nextCursor: null };
    exporter.on('GET /devices/ninja:1/orders', settled);
    await act(() => jest.advanceTimersByTimeAsync(6_000));
    expect(await screen.findByText('Done')).toBeInTheDocument();
    const before = exporter.sent('GET /devices/ninja:1/orders').length;
    await act(() => jest.advanceTimersByTimeAsync(20_000));
    expect(exporter.sent('GET /devices/ninja:1/orders')).toHaveLength(before);
  });
});
