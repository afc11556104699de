import { describe, expect, it } from 'vitest';
import { parseAddress, startServer } from './server.ts';

describe('startServer', () => {
  it('listens on every address and lets a running request end', async () => {
    const server = await startServer(
      (_req, res) => {
        setTimeout(() => res.end('done'), 50);
      },
      ['127.0.0.1:0', '127.0.0.1:0'],
      undefined,
    );
    const answers = server.urls.map(async (url) => (await fetch(url)).text());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close(1000);
    expect(await Promise.all(answers)).toEqual(['done', 'done']);
  });

  it('cuts requests that outlive the grace', async () => {
    const server = await startServer(() => undefined, ['127.0.0.1:0'], undefined);
    const hanging = fetch(server.urls[0] ?? '').then(
      () => 'answered',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close(10);
    expect(await hanging).toBe('cut');
  });

  it('listens nowhere when one address is taken', async () => {
    const first = await startServer((_req, res) => res.end(), ['127.0.0.1:0'], undefined);
    const taken = new URL(first.urls[0] ?? '').host;
    await expect(startServer(() => undefined, ['127.0.0.1:0', taken], undefined)).rejects.toThrow('EADDRINUSE');
    await first.close(0);
  });
});

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:9725', '127.0.0.1', 9725],
    [':9725', undefined, 9725],
    ['[::1]:9725', '::1', 9725],
  ])('reads %s', (address, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port });
  });

  it.each(['9725', 'localhost', '::1:9725', 'localhost:99999', 'http://localhost:1'])('refuses %s', (address) => {
    expect(() => parseAddress(address)).toThrow('is not an address');
  });
});
