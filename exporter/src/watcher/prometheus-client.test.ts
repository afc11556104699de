import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrometheusClient, type PrometheusClient } from './prometheus-client.ts';

let server: Server;
let client: PrometheusClient;
let warnings: readonly string[] | undefined;

beforeEach(async () => {
  warnings = undefined;
  server = createServer((request, response) => {
    const result = [{ metric: { instance: 'fs01:9182' }, value: [1_780_000_000, '1'] }];
    response.setHeader('content-type', 'application/json');
    const data = request.url === '/api/v1/alerts' ? { alerts: [] } : { resultType: 'vector', result };
    response.end(JSON.stringify({ status: 'success', data, warnings }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  client = createPrometheusClient({ name: 'p', url, timeoutMs: 5000, organizationLabel: 'organization', headers: {} });
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('a query', () => {
  it('fails when the server says that part of the answer is missing: what is not in it may well be there', async () => {
    warnings = ['receive store 10.0.0.7:10901: connection refused'];
    await expect(client.query('up')).rejects.toMatchObject({ kind: 'partial' });
  });

  it('holds when the server only has something to say about the expression', async () => {
    expect(await client.query('up')).toHaveLength(1);
    warnings = ['PromQL info: metric might not be a counter, name does not end in _total: "up"'];
    expect(await client.query('up')).toHaveLength(1);
  });
});

it('takes a part of the alerts for no answer: one that is missing may say that an outage was paged', async () => {
  expect(await client.alerts()).toEqual([]);
  warnings = ['rule 10.0.0.8:10901: no such host'];
  await expect(client.alerts()).rejects.toMatchObject({ kind: 'partial' });
});
