import { screen, waitFor } from '@testing-library/react';
import { renderApp } from '../test/render';

describe('App', () => {
  it('opens Tonight, and keeps the organization of the link', async () => {
    const { location } = renderApp('?organization=acme');
    await waitFor(() => expect(location()).toBe('/a/patchhaven-fleet-app/tonight?organization=acme'));
  });

  it('says so when there is no such page, and leads on', () => {
    renderApp('nowhere?from=1&to=2');
    expect(screen.getByText('There is no such page')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to Tonight' })).toHaveAttribute(
      'href',
      '/a/patchhaven-fleet-app/tonight?from=1&to=2',
    );
  });

  it.each([
    ['no Patchhaven data source', [], {}, /There is no Patchhaven data source yet/],
    ['several and none chosen', ['a', 'b'], {}, /There are several/],
    ['a chosen one that is gone', ['a'], { datasourceUid: 'x' }, /is gone/],
  ])('leads to the configuration with %s', (_name, datasources, jsonData, sentence) => {
    renderApp('tonight', { datasources, jsonData });
    expect(screen.getByText(sentence)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Open configuration' })).toHaveAttribute(
      'href',
      '/plugins/patchhaven-fleet-app',
    );
  });
});
