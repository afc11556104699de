import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { golden } from '../../../test/golden';
import { FakeExporter, type FakeRequest, never, problem } from '../../../test/exporter';
import { renderApp, type RenderOptions } from '../../../test/render';

const devices = golden('devices') as { items: Array<{ name: string }>; total: number; nextCursor: null };

function open(path = 'fleet', given: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}) {
  const exporter = new FakeExporter().on('GET /compliance', golden('compliance')).on('GET /devices', devices);
  for (const [route, answer] of Object.entries(given)) {
    exporter.on(route, answer);
  }
  return renderApp(path, { exporter, ...options });
}

const pill = (name: string) => within(screen.getByRole('group', { name: 'Filters' })).getByRole('button', { name });
const header = (name: string) => within(screen.getByRole('table', { name: 'Devices' })).getByRole('button', { name });
const lastQuery = (exporter: FakeExporter): URLSearchParams =>
  exporter.sent('GET /devices').at(-1)?.query ?? new URLSearchParams();

describe('Fleet', () => {
  beforeAll(() => import('./FleetPage'));

  it('lists devices with verdict and reason, the worst first', async () => {
    const { exporter } = open();
    const table = await screen.findByRole('table', { name: 'Devices' });
    expect(await screen.findByText('3 devices')).toBeInTheDocument();
    expect(within(table).getByText('1 update failed to install.')).toBeInTheDocument();
    expect(within(table).getByText('Its source says nothing about updates.')).toBeInTheDocument();
    expect(Object.fromEntries(lastQuery(exporter))).toMatchObject({ sort: 'compliance', order: 'asc', limit: '100' });
  });

  it('leads from a device to its page and keeps the time span', async () => {
    open('fleet?from=now-6h&to=now');
    expect(await screen.findByRole('link', { name: 'SRV-1' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/device?from=now-6h&to=now&id=ninja%3A1',
    );
  });

  it('shows unknown apart and never as compliant', async () => {
    const row = {
      organization: 'acme',
      site: null,
      group: null,
      devices: 3,
      compliant: 2,
      nonCompliant: 0,
      unknown: 1,
      compliantRatio: 0.66,
      missingCritical: 0,
      oldestMissingCriticalAt: null,
      failed: 0,
      rebootPending: 0,
      oldestRebootPendingAt: null,
    };
    open('fleet', { 'GET /compliance': { rows: [row] } });
    expect(await screen.findByText('66.6 % compliant, 1 unknown')).toBeInTheDocument();
  });

  it('puts filters into the URL and asks the exporter for them', async () => {
    const { exporter, location } = open();
    await screen.findByText('3 devices');
    await userEvent.click(pill('Waiting for restart'));
    await waitFor(() => expect(location()).toContain('rebootPending=true'));
    await waitFor(() => expect(lastQuery(exporter).get('rebootPending')).toBe('true'));
    await userEvent.type(screen.getByPlaceholderText(/Name, host name/), 'srv');
    await waitFor(() => expect(lastQuery(exporter).get('text')).toBe('srv'));
    await userEvent.click(screen.getByText('Clear filters'));
    await waitFor(() => expect(location()).not.toContain('rebootPending'));
    expect(location()).not.toContain('text');
  });

  it('shows each filter that came by a link, and takes it away alone', async () => {
    const path = 'fleet?patch=KB1&patchStatus=missing,approved&maintenance=true&failed=true';
    const { location } = open(path);
    await screen.findByText('3 devices');
    expect(pill('Failed')).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getAllByRole('button', { name: /^Failed/, pressed: true })).toHaveLength(1);
    expect(pill('Update: KB1')).toBeInTheDocument();
    await userEvent.click(pill('Update is: missing or approved'));
    await waitFor(() => expect(location()).not.toContain('patchStatus'));
    await userEvent.click(pill('Maintenance: yes'));
    await waitFor(() => expect(location()).not.toContain('maintenance'));
    expect(location()).toContain('patch=KB1');
    expect(location()).toContain('failed=true');
  });

  it('finds the devices whose quiet time of the day is used up', async () => {
    const { exporter, location } = open();
    await screen.findByText('3 devices');
    await userEvent.click(pill('Quiet time used up'));
    await waitFor(() => expect(location()).toContain('quietCapped=true'));
    await waitFor(() => expect(lastQuery(exporter).get('quietCapped')).toBe('true'));
  });

  it('leaves out of a link what the exporter would refuse', async () => {
    const { exporter } = open('fleet?sort=evil&order=up&failed=maybe&compliance=fine,unknown');
    await screen.findByText('3 devices');
    const asked = Object.fromEntries(lastQuery(exporter));
    expect(asked).toEqual({ sort: 'compliance', order: 'asc', compliance: 'unknown', limit: '100' });
  });

  it('sorts at the exporter, first the way people look for', async () => {
    const { location } = open();
    await screen.findByText('3 devices');
    await userEvent.click(header('Failed'));
    await waitFor(() => expect(location()).toContain('sort=lastFailureAt&order=desc'));
    expect(header('Failed').closest('th')).toHaveAttribute('aria-sort', 'descending');
    await userEvent.click(header('Failed'));
    await waitFor(() => expect(location()).toContain('order=asc'));
  });

  it('turns pages by cursor and back', async () => {
    const page = ({ query }: FakeRequest) => ({
      items: [{ ...devices.items[0], id: query.get('cursor') ?? 'first', name: query.get('cursor') ?? 'first' }],
      total: 250,
      nextCursor: query.get('cursor') === 'c2' ? null : query.get('cursor') === 'c1' ? 'c2' : 'c1',
    });
    open('fleet', { 'GET /devices': page });
    await screen.findByRole('link', { name: 'first' });
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    await screen.findByRole('link', { name: 'c1' });
    expect(screen.getByText('101 to 101 of 250')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    await screen.findByRole('link', { name: 'c2' });
    expect(screen.getByRole('button', { name: 'Next' })).toBeDisabled();
    await userEvent.click(screen.getByRole('button', { name: 'Previous' }));
    await screen.findByRole('link', { name: 'c1' });
  });

  it('starts the list anew when its cursor is of before a restart', async () => {
    let restarted = false;
    open('fleet', {
      'GET /devices': ({ query }: FakeRequest) => {
        if (query.has('cursor') && restarted) {
          const failure = problem(400, 'Start again from the first page.');
          return Object.assign(failure, {
            data: { ...(failure.data as object), type: 'urn:patchhaven:problem:invalid_cursor' },
          });
        }
        return { ...devices, total: 300, nextCursor: 'c1' };
      },
    });
    await screen.findByText('300 devices');
    restarted = true;
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled());
    expect(await screen.findByText('300 devices')).toBeInTheDocument();
  });

  it('keeps the overview alive when the devices cannot be read, and says why', async () => {
    open('fleet', { 'GET /devices': problem(403, 'This needs the role viewer.') });
    expect(await screen.findByText('Could not read devices')).toBeInTheDocument();
    expect(screen.getByText('This needs the role viewer.')).toBeInTheDocument();
    expect(await screen.findByRole('table', { name: 'Compliance by organization' })).toBeInTheDocument();
  });

  it('says that it reads, and what to do when nothing fits', async () => {
    const { unmount } = open('fleet', { 'GET /devices': never });
    expect(await screen.findByText('Reading devices …')).toBeInTheDocument();
    unmount();
    open('fleet?failed=true', { 'GET /devices': { items: [], total: 0, nextCursor: null } });
    expect(await screen.findByText(/No device fits/)).toBeInTheDocument();
  });

  describe('export', () => {
    const saved: Blob[] = [];
    beforeEach(() => {
      saved.length = 0;
      URL.createObjectURL = (blob) => {
        saved.push(blob as Blob);
        return 'blob:x';
      };
      URL.revokeObjectURL = () => undefined;
      HTMLAnchorElement.prototype.click = () => undefined;
    });

    it('saves all devices that fit the filters, not only this page', async () => {
      const csv = new Blob(['id\r\nninja:1\r\n'], { type: 'text/csv' });
      const { exporter } = open('fleet?failed=true', {
        'GET /devices': ({ query }: FakeRequest) => (query.get('format') === 'csv' ? csv : devices),
      });
      await screen.findByText('3 devices');
      await userEvent.click(screen.getByRole('button', { name: /Export CSV/ }));
      await waitFor(() => expect(saved).toHaveLength(1));
      const asked = exporter.sent('GET /devices').find(({ query }) => query.get('format') === 'csv')?.query;
      expect(asked?.get('failed')).toBe('true');
      expect(asked?.has('limit')).toBe(false);
    });

    it('says why when there is no file', async () => {
      open('fleet', {
        'GET /devices': ({ query }: FakeRequest) =>
          query.get('format') === 'csv' ? problem(503, 'Not available now.') : devices,
      });
      await screen.findByText('3 devices');
      await userEvent.click(screen.getByRole('button', { name: /Export CSV/ }));
      expect(await screen.findByText('Not available now.')).toBeInTheDocument();
      expect(saved).toHaveLength(0);
    });
  });
});
