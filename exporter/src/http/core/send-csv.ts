import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { Response } from 'express';
import { type Cell, csvLine } from './csv.ts';

/** Rows between two turns of the event loop: an export must not hold up scrapes. */
const rowsPerTurn = 500;

/** Streams a table as a download, at the pace of the reader. A reader who goes away ends it. */
export async function sendCsv(
  res: Response,
  fileName: string,
  header: readonly string[],
  rows: Iterable<readonly Cell[] | undefined>,
): Promise<void> {
  res.setHeader('Content-Type', 'text/csv; charset=utf-8; header=present');
  res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  res.setHeader('Cache-Control', 'private, no-store');
  try {
    await pipeline(Readable.from(chunks(header, rows), { objectMode: false }), res);
  } catch (error) {
    // The status is out: a cut connection is the only way left to say that the file is not whole.
    res.destroy(error instanceof Error ? error : undefined);
  }
}

/** `undefined` is a row that was looked at and does not fit: it takes time, too. */
async function* chunks(
  header: readonly string[],
  rows: Iterable<readonly Cell[] | undefined>,
): AsyncGenerator<Buffer, void> {
  let text = csvLine(header);
  let looked = 0;
  for (const cells of rows) {
    looked += 1;
    if (cells !== undefined) text += csvLine(cells);
    if (looked % rowsPerTurn > 0) continue;
    if (text !== '') yield Buffer.from(text);
    text = '';
    await setImmediate();
  }
  if (text !== '') yield Buffer.from(text);
}
