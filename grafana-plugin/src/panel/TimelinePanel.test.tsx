import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import {
  createDataFrame,
  dateTime,
  EventBusSrv,
  FieldType,
  LoadingState,
  type PanelData,
  type PanelProps,
} from '@grafana/data';
import { MemoryRouter } from 'react-router-dom';
import { type EventRow, toEventFrame } from '../shared/frames/event-frame';
import { defaultOptions, type PanelOptions } from './options';
import { TimelinePanel } from './TimelinePanel';

const toMs = Date.UTC(2026, 2, 11, 2);
const fromMs = toMs - 6 * 3_600_000;
const range = { from: dateTime(fromMs), to: dateTime(toMs), raw: { from: dateTime(fromMs), to: dateTime(toMs) } };

function up(instance: string, last = 1) {
  const steps = Array.from({ length: 361 }, (_, i) => fromMs + i * 60_000);
  return createDataFrame({
    refId: 'A',
    fields: [
      { name: 'Time', type: FieldType.time, values: steps, config: { interval: 60_000 } },
      { name: 'up', type: FieldType.number, values: steps.map((_, i) => (i > 350 ? last : 1)), labels: { instance } },
    ],
  });
}

function event(id: string, minutesAgo: number, given: Partial<EventRow> = {}): EventRow {
  return {
    time: toMs - minutesAgo * 60_000,
    timeEnd: null,
    title: 'Reboot',
    text: '',
    kind: 'reboot',
    severity: 'info',
    device: null,
    deviceName: null,
    instance: 'web-01',
    organization: null,
    href: null,
    id,
    endsAt: null,
    outcome: null,
    ...given,
  };
}

function show(data: Partial<PanelData>, options: Partial<PanelOptions> = {}) {
  const onChangeTimeRange = jest.fn();
  const props = {
    data: { state: LoadingState.Done, series: [], timeRange: range, ...data },
    timeRange: range,
    timeZone: 'utc',
    width: 1000,
    height: 400,
    options: { ...defaultOptions, ...options },
    replaceVariables: (text: string) => text,
    onChangeTimeRange,
    eventBus: new EventBusSrv(),
  } as unknown as PanelProps<PanelOptions>;
  render(
    <MemoryRouter>
      <TimelinePanel {...props} />
    </MemoryRouter>,
  );
  return { onChangeTimeRange };
}

const night = [
  up('web-01'),
  up('web-02', 0),
  toEventFrame([event('a', 300), event('b', 60, { kind: 'install-failed', title: 'KB5041160' })], { refId: 'B' }),
];

beforeAll(() => {
  // jsdom draws nothing; what is drawn is looked at in a browser.
  CanvasRenderingContext2D.prototype.roundRect ??= () => undefined;
});

describe('TimelinePanel', () => {
  it('says that it is loading', () => {
    show({ state: LoadingState.Loading });
    expect(screen.getByRole('status')).toHaveTextContent('Loading lanes and events');
  });

  it('says what to add when there is nothing', () => {
    show({});
    expect(screen.getByRole('status')).toHaveTextContent('Add a Prometheus query such as up');
  });

  it('keeps the lanes when another query fails', () => {
    show({ series: [up('web-01')], errors: [{ refId: 'B', message: 'token expired' }], state: LoadingState.Error });
    expect(screen.getByText('Query B failed: token expired.')).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: /web-01/ })).toBeInTheDocument();
  });

  it('draws events without uptime series, and says so', () => {
    show({ series: [toEventFrame([event('a', 60)])] });
    expect(screen.getByText(/No uptime series: add a Prometheus query/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: /^Reboot, / })).toBeInTheDocument();
  });

  it('tells a screen reader how each lane stands, worst first', () => {
    show({ series: night });
    const [first, second] = screen.getAllByRole('rowheader');
    expect(first).toHaveTextContent('web-02Down now');
    expect(second).toHaveTextContent('Install failed');
    expect(screen.getByRole('grid', { name: 'Patch timeline, 2 lanes' })).toBeInTheDocument();
  });

  it('is one tab stop that arrows move, opens with enter and closes with escape', async () => {
    const user = userEvent.setup();
    show({ series: night });
    const grid = screen.getByRole('grid');
    const stops = () => [...grid.querySelectorAll<HTMLElement>('[tabindex="0"]')];
    expect(stops()).toHaveLength(1);
    stops()[0]?.focus();
    await user.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}');
    const marker = screen.getByRole('button', { name: /^Install failed: KB5041160/ });
    expect(marker).toHaveFocus();
    expect(stops()).toEqual([marker]);

    await user.keyboard('{Enter}');
    const card = screen.getByRole('dialog', { name: 'web-01' });
    expect(card).toHaveFocus();
    expect(within(card).getByRole('link', { name: 'Open device' })).toHaveAttribute(
      'href',
      expect.stringContaining('instance=web-01'),
    );
    expect(within(card).getByRole('link', { name: /KB5041160 article/ })).toHaveAttribute('target', '_blank');

    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(marker).toHaveFocus();
  });

  it('opens a crowd of events and zooms to them', async () => {
    const user = userEvent.setup();
    const crowd = toEventFrame([event('a', 60), event('b', 58, { kind: 'page', title: 'HostDown' })]);
    const { onChangeTimeRange } = show({ series: [up('web-01'), crowd] });
    screen.getByRole('button', { name: /^2 events, worst: Page sent/ }).focus();
    await user.keyboard('{Enter}');
    await user.click(screen.getByRole('button', { name: 'Zoom to these 2 events' }));
    expect(onChangeTimeRange).toHaveBeenCalledWith({ from: toMs - 60.5 * 60_000, to: toMs - 57.5 * 60_000 });
  });

  it('hides a kind from the legend', async () => {
    const user = userEvent.setup();
    show({ series: night });
    await user.click(screen.getByRole('button', { name: 'Install failed 1', pressed: true }));
    expect(screen.queryByRole('button', { name: /^Install failed: KB/ })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Install failed 1', pressed: false })).toBeInTheDocument();
  });

  it('searches lanes, and says when none matches', async () => {
    const user = userEvent.setup();
    show({ series: night });
    await user.type(screen.getByRole('textbox', { name: 'Search devices' }), 'nowhere');
    expect(screen.getByText('No lane matches "nowhere".')).toBeInTheDocument();
  });

  it('keeps only the lanes in view in the page', () => {
    show({
      series: Array.from({ length: 3000 }, (_, i) =>
        createDataFrame({
          fields: [
            { name: 'Time', type: FieldType.time, values: [fromMs] },
            { name: 'up', type: FieldType.number, values: [1], labels: { instance: `srv-${i}` } },
          ],
        }),
      ),
    });
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '3000');
    expect(screen.getAllByRole('row').length).toBeLessThan(40);
  });
});
