import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultKind } from './faults.ts';
import { startSimulator } from './test-client.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

async function startReceiver(status = 204): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Record<string, unknown> });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${String(port)}/hook`, received };
}

async function startWithWebhook(receiverStatus = 204, more: Record<string, unknown> = {}) {
  const client = await startSimulator({ devices: 6, organizations: 3, historyActivities: 0 });
  const { url, received } = await startReceiver(receiverStatus);
  const configuration = {
    url,
    activities: { MONITOR: ['SYSTEM_REBOOTED'] },
    expand: ['device', 'organization'],
    headers: [{ name: 'X-Hook-Token', value: 'opensesame' }],
    ...more,
  };
  expect((await client.send('PUT', '/v2/webhook', configuration)).status).toBe(204);
  const boot = async (id: number) => {
    await client.control('POST', `/device/${String(id)}/boot`);
    await client.simulator.webhook.settled();
  };
  return { client, received, boot };
}

describe('webhook', () => {
  it('sends one activity with whole seconds, the references asked for and the static header', async () => {
    const { received, boot } = await startWithWebhook();
    await boot(1001);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers['x-hook-token']).toBe('opensesame');
    const body = received[0]?.body;
    expect(body).toMatchObject({
      statusCode: 'SYSTEM_REBOOTED',
      deviceId: 1001,
      device: { id: 1001 },
      organization: { id: 2 },
    });
    expect(body?.['activityTime']).toSatisfy(Number.isInteger);
    expect(body).not.toHaveProperty('location');
  });

  it('keeps to the codes and organizations it was given', async () => {
    const { client, received, boot } = await startWithWebhook(204, { organizationIds: [3] });
    await boot(1001);
    await client.control('POST', '/device/1001/service', { name: 'Spooler', state: 'STOPPED' });
    await boot(1002);
    expect(received.map(({ body }) => body['deviceId'])).toEqual([1002]);
  });

  it('stops when it is deleted', async () => {
    const { client, received, boot } = await startWithWebhook();
    await client.send('DELETE', '/v2/webhook');
    await boot(1001);
    expect(received).toEqual([]);
  });

  it('is switched off after ten failures in a row', async () => {
    const { client, received, boot } = await startWithWebhook(500);
    for (let n = 0; n < 12; n++) await boot(1001);
    expect(received).toHaveLength(10);
    expect(client.simulator.webhook.disabled).toBe(true);
  });

  it.each<[FaultKind, number, string | undefined]>([
    ['webhook-lost', 0, undefined],
    ['webhook-duplicated', 2, 'opensesame'],
    ['webhook-unsigned', 1, undefined],
    ['webhook-forged', 1, 'opensesame-forged'],
  ])('%s', async (kind, count, header) => {
    const { client, received, boot } = await startWithWebhook();
    client.simulator.faults.add({ kind });
    await boot(1001);
    expect(received).toHaveLength(count);
    expect(received[0]?.headers['x-hook-token']).toBe(header);
  });

  it('webhook-late arrives after its delay', async () => {
    const { client, received, boot } = await startWithWebhook();
    client.simulator.faults.add({ kind: 'webhook-late', seconds: 120 });
    await boot(1001);
    expect(received).toEqual([]);
    client.pass(120);
    await client.simulator.webhook.settled();
    expect(received).toHaveLength(1);
  });

  it.each([
    { url: 'ftp://example.org/', activities: {} },
    { url: 'http://127.0.0.1/', activities: {}, secret: 'x' },
  ])('refuses the configuration %j', async (configuration) => {
    const { send } = await startSimulator();
    expect((await send('PUT', '/v2/webhook', configuration)).status).toBe(400);
  });
});
