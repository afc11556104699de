import { ConnectorError } from '../domain/errors.ts';

/**
 * Reads a JSON answer, at most `maxBytes` of it. Undefined when there is no body. Throws ConnectorError('malformed') for
 * HTML, broken JSON and oversized answers; the parser's own message is left out because it quotes the body.
 */
export async function readBody(response: Response, maxBytes: number, path: string): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (/html|xml/i.test(type)) {
    await response.body?.cancel();
    throw new ConnectorError('malformed', 'the answer is not JSON', { status: response.status, path });
  }
  const text = await readText(response, maxBytes, path);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ConnectorError('malformed', 'the answer is not JSON', { status: response.status, path });
  }
}

async function readText(response: Response, maxBytes: number, path: string): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new ConnectorError('malformed', `the answer is larger than ${String(maxBytes)} bytes`, { path });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
