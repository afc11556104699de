import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reads each body to its end and answers as many bytes as an ingest of `argv[2]` events would: no store, no parsing. */
const answer = JSON.stringify({
  accepted: Number(process.argv[2]),
  results: Array.from({ length: Number(process.argv[2]) }, (_, index) => ({
    index,
    result: 'accepted',
    device: 'ninja:abc123-12345',
  })),
});
const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`);
});
process.stdin.resume().once('end', () => process.exit());
