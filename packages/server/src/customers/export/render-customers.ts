import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CustomerCsvWriter, customerCsvWriter } from '@countersign/tabular';
import type { CustomerSnapshot } from '../../storage/customer-snapshot.js';
import { parseCustomerBody } from '../customer-row.js';
import type { ExportForm } from './export-query.js';

/** Contacts and keys of metadata that have columns of their own in a flat export; more stay in a column of JSON. */
const MOST_FLAT = { contacts: 10, metadataKeys: 200 };
/** Characters of CSV that are made at once, while nothing else is done. */
const PIECE_CHARACTERS = 65_536;

/** The customers of a snapshot as a file, in pieces, contract §8. JSON Lines go out as they are stored. */
export async function* renderCustomers(snapshot: CustomerSnapshot, form: ExportForm): AsyncGenerator<Uint8Array, void> {
  if (form.format === 'jsonl') {
    yield* snapshot.lines();
    return;
  }
  const writer = customerCsvWriter({ flat: form.isFlat ? await flatColumns(snapshot) : undefined });
  yield Buffer.from(writer.header);
  for await (const lines of snapshot.lines()) yield* csvPieces(lines, writer);
}

async function flatColumns(snapshot: CustomerSnapshot) {
  const { contacts, metadataKeys } = await snapshot.shape(MOST_FLAT.metadataKeys);
  return { contacts: Math.min(contacts, MOST_FLAT.contacts), metadataKeys: [...metadataKeys].sort() };
}

async function* csvPieces(lines: Uint8Array, writer: CustomerCsvWriter): AsyncGenerator<Uint8Array, void> {
  let text = '';
  for (const line of Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString().split('\n')) {
    if (line === '') continue;
    text += writer.line(parseCustomerBody(line));
    if (text.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
    await nextTurn();
  }
  if (text !== '') yield Buffer.from(text);
}
