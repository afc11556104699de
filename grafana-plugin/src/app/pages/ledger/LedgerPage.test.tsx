import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { download } from '../../components/download';
import { never, problem } from '../../../test/exporter';
import { goldenExporter, ledgerPage, OPENED_LINE, REFUSED_LINE } from '../../../test/fixtures';
import { goldenNow } from '../../../test/golden';
import { renderApp } from '../../../test/render';
import { ledgerCsv } from './ledger-csv';

jest.mock('../../components/download');

const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
const twoLines = () => goldenExporter().on('GET /ledger', ledgerPage(OPENED_LINE, REFUSED_LINE));

describe('Ledger', () => {
  beforeEach(() => jest.useFakeTimers({ now: goldenNow, advanceTimers: true }));
  afterEach(() => jest.useRealTimers());

  it('tells each decision with its reason, evidence and who made it', async () => {
    renderApp('ledger', { exporter: twoLines() });
    expect(await screen.findByText(OPENED_LINE.text)).toBeInTheDocument();
    expect(screen.getByText(REFUSED_LINE.text)).toBeInTheDocument();
    expect(screen.getByText(/Installed at/)).toHaveTextContent('Installed at 01:50:00, from ninja: KB5041160');
    expect(screen.getAllByText('Patchhaven')).toHaveLength(2);
    expect(screen.getByRole('link', { name: 'mail-6' })).toBeInTheDocument();
  });

  it('asks for the last day, and for what the URL says', async () => {
    const { exporter } = renderApp('ledger?organization=acme&action=refused,nonsense&device=ninja:6', {
      exporter: twoLines(),
    });
    await screen.findByText(REFUSED_LINE.text);
    const query = exporter.sent('GET /ledger')[0]?.query;
    expect(Object.fromEntries(query ?? [])).toEqual({
      organization: 'acme',
      action: 'refused',
      device: 'ninja:6',
      from: '2026-03-09T02:00:00.000Z',
      limit: '100',
    });
  });

  it('keeps filters in the URL', async () => {
    const { location, exporter } = renderApp('ledger', { exporter: twoLines() });
    await screen.findByText(REFUSED_LINE.text);
    await user.click(screen.getByRole('button', { name: 'Not muted' }));
    await waitFor(() => expect(location()).toContain('action=refused'));
    await waitFor(() => expect(exporter.sent('GET /ledger').at(-1)?.query.get('action')).toBe('refused'));
  });

  it('turns pages by cursor, and back', async () => {
    const exporter = goldenExporter().on('GET /ledger', ({ query }: { query: URLSearchParams }) =>
      query.get('cursor') === 'c2' ? ledgerPage(REFUSED_LINE) : { items: [OPENED_LINE], nextCursor: 'c2' },
    );
    renderApp('ledger', { exporter });
    await user.click(await screen.findByRole('button', { name: 'Next' }));
    expect(await screen.findByText(REFUSED_LINE.text)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Next' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Previous' }));
    expect(await screen.findByText(OPENED_LINE.text)).toBeInTheDocument();
  });

  it('says so when nothing was decided', async () => {
    renderApp('ledger', { exporter: goldenExporter().on('GET /ledger', ledgerPage()) });
    expect(await screen.findByText(/Nothing was decided in this time/)).toBeInTheDocument();
  });

  it('says that it reads, and why it could not', async () => {
    const { unmount } = renderApp('ledger', { exporter: goldenExporter().on('GET /ledger', never) });
    expect(await screen.findByText('Reading the ledger …')).toBeInTheDocument();
    unmount();
    renderApp('ledger', { exporter: goldenExporter().on('GET /ledger', problem(503, 'The store does not answer.')) });
    expect(await screen.findByText('The store does not answer.')).toBeInTheDocument();
  });

  it('exports what the filters let through, all pages', async () => {
    const exporter = goldenExporter().on('GET /ledger', ({ query }: { query: URLSearchParams }) =>
      query.get('cursor') === 'c2' ? ledgerPage(REFUSED_LINE) : { items: [OPENED_LINE], nextCursor: 'c2' },
    );
    renderApp('ledger', { exporter });
    await user.click(await screen.findByRole('button', { name: 'Export CSV' }));
    await waitFor(() => expect(download).toHaveBeenCalledWith('patchhaven-ledger.csv', expect.any(Blob)));
    expect(exporter.requests.at(-1)?.query.get('cursor')).toBe('c2');
  });

  it('says why an export failed', async () => {
    const exporter = twoLines();
    renderApp('ledger', { exporter });
    await screen.findByText(REFUSED_LINE.text);
    exporter.on('GET /ledger', problem(503, 'The store does not answer.'));
    await user.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(await screen.findByText('The store does not answer.')).toBeInTheDocument();
  });
});

describe('ledgerCsv', () => {
  it('makes no formula of what other systems named', () => {
    const [, row] = ledgerCsv([{ ...REFUSED_LINE, deviceName: '=HYPERLINK("http://evil")' }]).split('\r\n');
    expect(row).toContain(`"'=HYPERLINK(""http://evil"")"`);
  });

  it('has a cell for each column', () => {
    const [header, row] = ledgerCsv([REFUSED_LINE]).split('\r\n');
    expect(row?.split(',')).toHaveLength(header?.split(',').length ?? 0);
  });
});
