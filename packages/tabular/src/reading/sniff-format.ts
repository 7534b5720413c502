import type { Fail } from '../table-error.js';

/** What the first bytes of a file show it to be. */
export type Container = 'gzip' | 'zip' | 'text';

const SIGNATURES: readonly (readonly [signature: string, what: string])[] = [
  [
    '\xd0\xcf\x11\xe0',
    'This is an old Excel workbook (.xls) or one that a password protects; save it as .xlsx without a password, or as CSV.',
  ],
  ['%PDF', 'This is a PDF document, not a table; export the table as CSV or .xlsx.'],
  ['\x89PNG', 'This is a picture, not a table.'],
  ['\xff\xd8\xff', 'This is a picture, not a table.'],
  ['PAR1', 'This is a Parquet file; save it as CSV, .xlsx or JSON Lines.'],
  ['Rar!', 'This is a packed archive; unpack it first.'],
  ['7z\xbc\xaf', 'This is a packed archive; unpack it first.'],
];

/** Tells text from packed and other files by their first bytes; throws `unreadable_format` for what is never read. */
export function sniffContainer(head: Uint8Array, fail: Fail): Container {
  const start = String.fromCharCode(...head.subarray(0, 8));
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'zip';
  const found = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (found !== undefined) throw fail('unreadable_format', found[1]);
  return 'text';
}

/** What the first characters of a text show it to be; throws `unreadable_format` for pages, XML and JSON documents. */
export function sniffText(text: string, fail: Fail): 'jsonl' | 'delimited' {
  const start = text.slice(0, 2000).trimStart();
  if (/^<\?xml|^<\w*:?workbook/i.test(start)) {
    throw fail(
      'unreadable_format',
      'This is an XML document, not a table; open it in a spreadsheet program and save it as .xlsx.',
    );
  }
  if (/^(?:<!doctype|<!--|<(?:html|head|body|meta|style|table|div)\b)/i.test(start)) {
    throw fail(
      'unreadable_format',
      'This is a web page (HTML), whatever its name says; open it in a spreadsheet program and save it as .xlsx.',
    );
  }
  if (/^\[\s*(?:[{[\]]|$)/.test(start)) {
    throw fail('unreadable_format', 'This is one JSON array; JSON Lines has one object on each line.');
  }
  return /^\{\s*(?:["}]|$)/.test(start) ? 'jsonl' : 'delimited';
}
