import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeExporter, never, problem } from '../../../test/exporter';
import { golden } from '../../../test/golden';
import { renderApp, type RenderOptions } from '../../../test/render';

const [source] = (golden('sources') as { items: object[] }).items;
const [ambiguous] = (golden('devices') as { items: Array<{ id: string; name: string }> }).items;
const devices = { items: [{ ...ambiguous, id: 'ninja:2', name: 'bare' }], total: 1, nextCursor: null };

function open(path = 'sources', given: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}) {
  const exporter = new FakeExporter()
    .on('GET /status', golden('status'))
    .on('GET /compliance', golden('compliance'))
    .on('GET /sources', { items: [source] })
    .on('GET /sources/ninja/runs', golden('runs'))
    .on('GET /devices', devices)
    .on('GET /devices/ninja:2/candidates', golden('candidates'));
  for (const [route, answer] of Object.entries(given)) {
    exporter.on(route, answer);
  }
  return renderApp(path, { exporter, role: 'Editor', ...options });
}

describe('Sources', () => {
  beforeAll(() => import('./SourcesPage'));

  it('tells how a source is, what it knows, and how many devices always page', async () => {
    open();
    const card = await screen.findByRole('region', { name: 'ninja' });
    expect(within(card).getByText('Up')).toBeInTheDocument();
    expect(card).toHaveTextContent('every 5 min');
    expect(card).toHaveTextContent('Knows: complete reads, single updates');
    expect(within(card).getByRole('link', { name: /1 ambiguous: they always page/ })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/sources?source=ninja&tab=unmatched',
    );
  });

  it('says in words what went wrong and what it means', async () => {
    const down = { ...source, up: false, lastErrorKind: 'auth', lastErrorMessage: 'POST /token answered 401' };
    open('sources', { 'GET /sources': { items: [down] } });
    const card = await screen.findByRole('region', { name: 'ninja' });
    expect(card).toHaveTextContent('It refuses our credentials.');
    expect(card).toHaveTextContent('POST /token answered 401');
    expect(card).toHaveTextContent('alerts page');
  });

  it('shows how far a read has come, and for one organization only that there is one', async () => {
    const since = new Date(Date.now() - 5_000).toISOString();
    const reading = { since, what: 'devices', count: 4000 };
    open('sources', {
      'GET /sources': {
        items: [
          { ...source, reading },
          { ...source, id: 'other', reading: { since, what: null, count: null } },
        ],
      },
    });
    expect(await screen.findByRole('region', { name: 'ninja' })).toHaveTextContent(/reading for \d+ s, 4,000 devices/);
    expect(screen.getByRole('region', { name: 'other' })).toHaveTextContent(/reading for \d+ s(?!,)/);
  });

  it('lists recent reads on demand', async () => {
    const failed = {
      ...(golden('runs') as { items: object[] }).items[0],
      ok: false,
      reason: 'shrunk',
      dropped: { 'no name': 2 },
    };
    open('sources', { 'GET /sources/ninja/runs': { items: [failed] } });
    await userEvent.click(await screen.findByRole('button', { name: 'Recent reads' }));
    const table = await screen.findByRole('table', { name: 'Recent reads of ninja' });
    expect(table).toHaveTextContent('so it changed nothing');
    expect(table).toHaveTextContent('Left out: 2 × no name.');
  });

  it.each([
    ['reads', { 'GET /sources': never }, 'Reading sources …'],
    ['is refused', { 'GET /sources': problem(403, 'This needs the role viewer.') }, 'This needs the role viewer.'],
    ['has none', { 'GET /sources': { items: [] } }, /No source yet/],
  ])('says so when it %s', async (_name, given, sentence) => {
    open('sources', given);
    expect(await screen.findByText(sentence)).toBeInTheDocument();
  });
});

describe('devices without a match', () => {
  it('says what it means and asks only for those', async () => {
    const { exporter } = open('unmatched');
    expect(await screen.findByText('Not matched means: always pages')).toBeInTheDocument();
    expect(await screen.findByText('Could be bare:9182, bare.example.com:9182')).toBeInTheDocument();
    expect(exporter.sent('GET /devices')[0]?.query.get('identity')).toBe('unmatched,ambiguous');
  });

  it('is good news when there is none', async () => {
    open('unmatched', { 'GET /devices': { items: [], total: 0, nextCursor: null } });
    expect(await screen.findByText('Every device here is matched to one instance.')).toBeInTheDocument();
  });

  it('lets a viewer look, and says why not more', async () => {
    open('unmatched', {}, { role: 'Viewer' });
    expect(await screen.findByText(/You can look, not act/)).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: 'Match bare' })).toHaveAttribute('aria-disabled', 'true');
  });

  async function choose(name: RegExp) {
    const button = await screen.findByRole('button', { name: 'Match bare' });
    await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled', 'true'));
    await userEvent.click(button);
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(await within(dialog).findByRole('radio', { name }));
    return dialog;
  }
  const confirm = (dialog: HTMLElement) => userEvent.click(within(dialog).getByRole('button', { name: 'Match bare' }));

  it('maps a device to a candidate after saying what that does', async () => {
    const identity = { status: 'matched', instance: 'srv-10:9182', by: 'mapping' };
    const { exporter } = open('unmatched', { 'PUT /devices/ninja:2/mapping': { device: 'ninja:2', identity } });
    const dialog = await choose(/srv-10:9182/);
    expect(dialog).toHaveTextContent('its real outage is muted instead');
    await confirm(dialog);
    expect(await screen.findByText('bare is matched')).toBeInTheDocument();
    expect(exporter.sent('PUT /devices/ninja:2/mapping')[0]?.body).toEqual({ instance: 'srv-10:9182' });
  });

  it('shows who has an instance already, and the refusal of the exporter', async () => {
    open('unmatched', { 'PUT /devices/ninja:2/mapping': problem(409, 'srv-1:9182 is device ninja:1 already.') });
    const dialog = await choose(/srv-1:9182/);
    expect(dialog).toHaveTextContent('This instance belongs to ninja:1 already');
    await confirm(dialog);
    expect(await screen.findByText('srv-1:9182 is device ninja:1 already.')).toBeInTheDocument();
    expect(screen.queryByText('bare is matched')).not.toBeInTheDocument();
  });

  it('does not call it matched when the exporter does not', async () => {
    open('unmatched', {
      'PUT /devices/ninja:2/mapping': { device: 'ninja:2', identity: { status: 'ambiguous', candidates: ['a', 'b'] } },
    });
    await confirm(await choose(/srv-10:9182/));
    expect(await screen.findByText('Stored, but still without a match')).toBeInTheDocument();
  });

  it('keeps the devices when the instances cannot be read', async () => {
    open('unmatched', { 'GET /devices/ninja:2/candidates': problem(503, 'Not available now.') });
    await userEvent.click(await screen.findByRole('button', { name: 'Match bare' }));
    expect(await screen.findByText('Not available now.')).toBeInTheDocument();
    expect(screen.getByText('Could be bare:9182, bare.example.com:9182')).toBeInTheDocument();
  });
});
