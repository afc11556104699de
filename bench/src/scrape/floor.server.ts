import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { get, type IncomingMessage } from 'node:http';
import { serve } from './contestant.ts';

/** Sends the bytes that the server at `argv[2]` sends, from one buffer: no server can do less. */
const response = await new Promise<IncomingMessage>((resolve, reject) => {
  get(process.argv[2] ?? '', { headers: { 'accept-encoding': 'gzip' } }, resolve).on('error', reject);
});
const zipped = await buffer(response);
const plain = await promisify(gunzip)(zipped);

serve({
  poll: () => Promise.resolve(),
  metrics: (request, reply) => {
    const wantsGzip = request.headers['accept-encoding']?.toString().includes('gzip') === true;
    const body = wantsGzip ? zipped : plain;
    reply.writeHead(200, { 'Content-Length': body.length, ...(wantsGzip && { 'Content-Encoding': 'gzip' }) });
    reply.end(body);
  },
});
