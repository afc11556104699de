import React from 'react';
import { type DataSourceSettings, type QueryEditorProps } from '@grafana/data';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router-dom';
import type { PatchhavenDataSource } from '../datasource';
import {
  defaultQuery,
  type PatchhavenOptions,
  type PatchhavenQuery,
  type PatchhavenSecrets,
  queryTypes,
} from '../query';
import { ConfigEditor, problemOfUrl } from './ConfigEditor';
import { QueryEditor } from './QueryEditor';
import { VariableQueryEditor } from './VariableQueryEditor';

beforeAll(() => setTemplateSrv({ getVariables: () => [] } as unknown as TemplateSrv));

type Props = QueryEditorProps<PatchhavenDataSource, PatchhavenQuery, PatchhavenOptions>;
const directory = {
  places: () => Promise.resolve(['acme']),
  devices: () => Promise.resolve({ items: [], isCut: false }),
};

function renderQuery(query: unknown) {
  const props = {
    datasource: { directory },
    query,
    onChange: jest.fn(),
    onRunQuery: jest.fn(),
  } as unknown as Props & { onChange: jest.Mock; onRunQuery: jest.Mock };
  render(<QueryEditor {...props} />);
  return props;
}

describe('QueryEditor', () => {
  it.each(queryTypes)('has fields with names for %s', (queryType) => {
    renderQuery({ ...defaultQuery, refId: 'A', queryType });
    expect(screen.getByRole('combobox', { name: 'Show' })).toBeInTheDocument();
    expect(screen.getByLabelText('Limit')).toHaveValue(5000);
    expect(screen.getByRole('combobox', { name: 'Organization' })).toBeInTheDocument();
  });

  it('takes a limit when it is left, and runs the query', async () => {
    const { onChange, onRunQuery } = renderQuery({ refId: 'A', queryType: 'events' });
    const limit = screen.getByLabelText('Limit');
    await userEvent.clear(limit);
    await userEvent.type(limit, '200');
    expect(onChange).not.toHaveBeenCalled();
    await userEvent.tab();
    expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ limit: 200, queryType: 'events' }));
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('takes a text on Enter, once', async () => {
    const { onChange } = renderQuery({ refId: 'A', queryType: 'updates' });
    await userEvent.type(screen.getByLabelText('Text'), 'KB50{Enter}');
    await userEvent.tab();
    expect(onChange).toHaveBeenCalledTimes(1);
    expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ text: 'KB50' }));
  });

  it('leaves a query of a newer plugin alone', () => {
    const { onChange } = renderQuery({ refId: 'A', queryType: 'forecast' });
    expect(screen.getByText(/needs a newer version/)).toBeInTheDocument();
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe('VariableQueryEditor', () => {
  it('survives a query that is an empty object', () => {
    const props = { query: {}, onChange: jest.fn(), onRunQuery: jest.fn() } as never;
    render(<VariableQueryEditor {...(props as React.ComponentProps<typeof VariableQueryEditor>)} />);
    expect(screen.getByRole('combobox', { name: 'List' })).toHaveValue('Organizations');
  });

  it('narrows devices by a variable', async () => {
    const onChange = jest.fn();
    const props = { query: { type: 'device' }, onChange, onRunQuery: jest.fn() } as never;
    render(<VariableQueryEditor {...(props as React.ComponentProps<typeof VariableQueryEditor>)} />);
    await userEvent.type(screen.getByLabelText(/^Organization/), '$organization{Enter}');
    expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ type: 'device', organization: '$organization' }));
  });
});

type Settings = DataSourceSettings<PatchhavenOptions, PatchhavenSecrets>;

function renderConfig(parts: Partial<Settings>) {
  const options = { url: 'http://exporter:9725', jsonData: {}, secureJsonFields: {}, ...parts } as Settings;
  const onOptionsChange = jest.fn<void, [Settings]>();
  render(
    <MemoryRouter>
      <ConfigEditor options={options} onOptionsChange={onOptionsChange} />
    </MemoryRouter>,
  );
  return onOptionsChange;
}

describe('ConfigEditor', () => {
  it('puts the token among the secrets', async () => {
    const onOptionsChange = renderConfig({});
    await userEvent.type(screen.getByLabelText(/^Token/), 'p');
    const [options] = onOptionsChange.mock.calls[0] ?? [];
    expect(options?.secureJsonData).toEqual({ token: 'p' });
    expect(JSON.stringify(options?.jsonData)).not.toContain('p');
  });

  it('shows no token that is stored, and lets it be replaced', async () => {
    const onOptionsChange = renderConfig({ secureJsonFields: { token: true } });
    await userEvent.click(screen.getByRole('button', { name: /reset/i }));
    expect(onOptionsChange).toHaveBeenCalledWith(
      expect.objectContaining({ secureJsonFields: { token: false }, secureJsonData: { token: '' } }),
    );
  });

  it('tells what X-Grafana-Id is for', () => {
    renderConfig({});
    expect(screen.getByText(/X-Grafana-Id/)).toBeInTheDocument();
  });

  it('hides nothing behind colour: a wrong URL has its sentence', () => {
    renderConfig({ url: 'exporter:9725' });
    expect(screen.getByText('The URL starts with http:// or https://.')).toBeInTheDocument();
  });
});

describe('problemOfUrl', () => {
  it.each([
    ['http://exporter:9725', undefined],
    ['https://host/patchhaven', undefined],
    ['https://api.example.com', undefined],
    ['', /Enter/],
    ['ftp://x', /starts with/],
    ['http://exporter:9725/api/v1', /Leave out \/api/],
    ['http://a:b@exporter', /token stands for both/],
    ['http://', /not a URL/],
  ])('%s', (url, words) => {
    const problem = problemOfUrl(url);
    if (words === undefined) {
      expect(problem).toBeUndefined();
    } else {
      expect(problem).toMatch(words);
    }
  });
});
