import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeExporter, never, problem } from '../../../test/exporter';
import { golden } from '../../../test/golden';
import { renderApp } from '../../../test/render';

function open(path = 'updates', given: Readonly<Record<string, unknown>> = {}) {
  const exporter = new FakeExporter()
    .on('GET /compliance', golden('compliance'))
    .on('GET /updates', golden('updates'))
    .on('GET /updates/KB5041999', golden('update'));
  for (const [route, answer] of Object.entries(given)) {
    exporter.on(route, answer);
  }
  return renderApp(path, { exporter });
}

const query = (exporter: FakeExporter) => Object.fromEntries(exporter.sent('GET /updates').at(-1)?.query ?? []);

describe('Updates', () => {
  beforeAll(() => import('./UpdatesPage'));

  it('lists open updates, the most severe first, with severity in words', async () => {
    const { exporter } = open();
    expect(await screen.findByText('2 updates')).toBeInTheDocument();
    const row = screen.getByRole('row', { name: /KB5041999/ });
    expect(within(row).getByText('Critical')).toBeInTheDocument();
    expect(query(exporter)).toEqual({ open: 'true', sort: 'severity', limit: '100' });
  });

  it('narrows and sorts by the URL, and drops what the exporter would refuse', async () => {
    const { exporter, location } = open('updates?severity=critical,evil&sort=size');
    await screen.findByText('2 updates');
    expect(query(exporter)).toMatchObject({ severity: 'critical', sort: 'severity' });
    await userEvent.click(screen.getByRole('button', { name: 'Failed' }));
    await waitFor(() => expect(location()).toContain('sort=failed'));
    await waitFor(() => expect(query(exporter)).toMatchObject({ sort: 'failed' }));
  });

  it('shows what a link asks for, and takes it away alone', async () => {
    const { exporter, location } = open('updates?severity=low,moderate&status=failed');
    await screen.findByText('2 updates');
    expect(screen.getByRole('button', { name: 'Failed somewhere' })).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(screen.getByRole('button', { name: 'Severity: low or moderate' }));
    await waitFor(() => expect(location()).not.toContain('severity'));
    await waitFor(() => expect(query(exporter)).toMatchObject({ status: 'failed' }));
  });

  it.each([
    ['reads', { 'GET /updates': never }, 'Reading updates …'],
    ['is refused', { 'GET /updates': problem(403, 'This needs the role viewer.') }, 'This needs the role viewer.'],
    ['has none', { 'GET /updates': { items: [], total: 0, nextCursor: null } }, /No update fits/],
  ])('says so when it %s', async (_name, given, sentence) => {
    open('updates', given);
    expect(await screen.findByText(sentence)).toBeInTheDocument();
  });
});

describe('one update', () => {
  it('tells where it hurts and leads to the devices', async () => {
    open('updates?id=KB5041999&from=now-6h&to=now');
    const organizations = await screen.findByRole('table', { name: 'By organization' });
    expect(within(organizations).getByRole('link', { name: '1' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/fleet?from=now-6h&to=now&organization=acme&patch=KB5041999&patchStatus=missing%2Capproved%2Cinstalling',
    );
    expect(screen.getByRole('table', { name: 'By operating system' })).toHaveTextContent('Windows Server 2022');
    expect(screen.getByRole('link', { name: /What the vendor says/ })).toHaveAttribute(
      'href',
      'https://support.microsoft.com/help/5041999',
    );
    expect(screen.getByRole('link', { name: '1 device' })).toHaveAttribute(
      'href',
      expect.stringContaining('patch=KB5041999&patchStatus=missing'),
    );
  });

  it('says so when nobody has it any more', async () => {
    open('updates?id=KB1', { 'GET /updates/KB1': problem(404, 'No such update.') });
    expect(await screen.findByText('No such update.')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: /All updates/ })).toBeInTheDocument();
  });
});
