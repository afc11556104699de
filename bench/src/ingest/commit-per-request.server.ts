import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';

/** What one writes first: SQLite in the request's own thread, one durable commit per request. File in `argv[2]`. */
const database = new Database(process.argv[2] ?? '');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE events (id TEXT PRIMARY KEY, device TEXT NOT NULL, body TEXT NOT NULL)');
const insert = database.prepare('INSERT INTO events (id, device, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
const insertAll = database.transaction((events: readonly { id: string; device: string }[]) => {
  for (const event of events) insert.run(event.id, event.device, JSON.stringify(event));
});

const server = createServer((request, response) => {
  void text(request).then((body) => {
    insertAll((JSON.parse(body) as { events: { id: string; device: string }[] }).events);
    response.writeHead(202, { 'Content-Length': 2 });
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`);
});
process.stdin.resume().once('end', () => process.exit());
