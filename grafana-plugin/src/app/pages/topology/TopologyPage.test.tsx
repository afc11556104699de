import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeExporter, type FakeRequest, never, problem } from '../../../test/exporter';
import { golden } from '../../../test/golden';
import { renderApp } from '../../../test/render';

interface Graph {
  readonly nodes: ReadonlyArray<{ readonly kind: string; readonly organization: string; readonly id: string }>;
  readonly edges: ReadonlyArray<{ readonly from: string; readonly to: string }>;
}
const whole = golden('topology') as Graph;
const places = {
  nodes: whole.nodes.filter(({ kind }) => kind !== 'device'),
  edges: whole.edges.filter(({ to }) => !to.startsWith('device/')),
};
const answer = ({ query }: FakeRequest) => {
  const organization = query.get('organization');
  const all = query.get('depth') === 'device' ? whole : places;
  return organization === null
    ? all
    : { ...all, nodes: all.nodes.filter((node) => node.organization === organization) };
};

/** Too many places for one screen. */
const crowded = (request: FakeRequest) => {
  const given = answer(request);
  const [first] = given.nodes;
  const more = Array.from({ length: 10 }, (_, index) => {
    const name = `client-${index}`;
    return { ...first, id: `organization/${name}`, kind: 'organization', name, organization: name };
  });
  return request.query.get('organization') === null ? { ...given, nodes: [...given.nodes, ...more] } : given;
};

function open(path = 'topology', given: Readonly<Record<string, unknown>> = {}) {
  const exporter = new FakeExporter().on('GET /compliance', golden('compliance')).on('GET /topology', answer);
  for (const [route, value] of Object.entries(given)) {
    exporter.on(route, value);
  }
  return renderApp(path, { exporter });
}
const item = (name: RegExp) => screen.findByRole('treeitem', { name });

describe('Topology', () => {
  beforeAll(() => import('./TopologyPage'));

  it('shows the sites at once where few places are', async () => {
    open();
    expect(await item(/^acme, organization: 2 devices/)).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getAllByRole('treeitem', { name: /^Berlin, site/ })).toHaveLength(2);
  });

  it('draws many organizations closed, with everything about them in words, beside compliance', async () => {
    open('topology', { 'GET /topology': crowded });
    expect(await item(/^acme, organization: 2 devices/)).toHaveAttribute('aria-expanded', 'false');
    expect(await item(/^globex, organization: 1 device/)).toBeInTheDocument();
    expect(screen.queryByRole('treeitem', { name: /Berlin/ })).not.toBeInTheDocument();
    expect(await screen.findByRole('table', { name: 'Compliance by organization' })).toBeInTheDocument();
  });

  it('reads the devices of a place when it is opened, by keyboard', async () => {
    const { exporter, location } = open('topology', { 'GET /topology': crowded });
    const worst = await item(/^globex,/);
    worst.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    await item(/^Berlin, site/);
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toHaveAttribute('aria-level', '2'));
    for (
      let step = 0;
      step < 4 && !document.activeElement?.getAttribute('aria-label')?.startsWith('Berlin');
      step += 1
    ) {
      await userEvent.keyboard('{ArrowDown}');
    }
    await userEvent.keyboard('{ArrowRight}');
    await item(/^SRV-1, device/);
    const asked = exporter.sent('GET /topology').at(-1)?.query;
    expect(Object.fromEntries(asked ?? [])).toEqual({ depth: 'device', organization: 'acme', site: 'Berlin' });
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(location()).toContain('/fleet?organization=acme&site=Berlin'));
  });

  it('closes again, and opens an only organization by itself', async () => {
    open('topology?organization=acme');
    await item(/^Berlin, site/);
    await userEvent.click(await item(/^acme,/));
    expect(screen.queryByRole('treeitem', { name: /^Berlin/ })).not.toBeInTheDocument();
  });

  it('shows the same as a table, with links', async () => {
    open('topology?view=table', { 'GET /topology': crowded });
    const table = await screen.findByRole('table', { name: 'Topology' });
    await userEvent.click(within(table).getByRole('button', { name: 'Open acme' }));
    expect(await within(table).findByRole('link', { name: 'Berlin' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/fleet?organization=acme&site=Berlin',
    );
  });

  it('says which place could not be read, and keeps the others', async () => {
    open('topology?organization=acme&view=table', {
      'GET /topology': (request: FakeRequest) =>
        request.query.get('depth') === 'device' ? problem(422, 'More than 5000 devices.') : answer(request),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Open Berlin' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('devices of acme Berlin: More than 5000 devices.');
    expect(screen.getByRole('link', { name: 'acme' })).toBeInTheDocument();
  });

  it.each([
    ['reads', never, 'Reading topology …'],
    ['is refused', problem(403, 'This needs the role viewer.'), 'This needs the role viewer.'],
    ['has none', { nodes: [], edges: [] }, /No devices yet/],
  ])('says so when it %s', async (_name, given, sentence) => {
    open('topology', { 'GET /topology': given });
    expect(await screen.findByText(sentence)).toBeInTheDocument();
  });
});
