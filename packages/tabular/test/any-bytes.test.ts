import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TableError } from '../src/index.js';
import { makeXlsx, textRow } from './harness/make-xlsx.js';
import { readCustomers } from './harness/read-table.js';

const folder = new URL('corpus/', import.meta.url);
const FILES = [
  ...readdirSync(folder).map((file) => readFileSync(new URL(file, folder))),
  Buffer.from(
    makeXlsx({
      sheets: [{ name: 'A', rows: textRow(1, ['Company', 'Email']) + textRow(2, ['Acme', 'a@x']), merges: ['A1:A2'] }],
    }),
  ),
  gzipSync('Company,Email\nAcme,a@acme.example\n'),
];

async function expectRowsOrTableError(bytes: Uint8Array): Promise<void> {
  const read = await readCustomers(bytes).catch((error: unknown) => error);
  if (read instanceof Error && !(read instanceof TableError)) throw read;
  if (!(read instanceof Error)) expect(JSON.stringify(read)).not.toContain('\uFFFD');
}

test('any bytes give rows or a TableError', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectRowsOrTableError));
});

test('any text gives rows or a TableError', async () => {
  const piece = fc.constantFrom(
    ',',
    ';',
    '\t',
    '"',
    "'",
    '\n',
    '\r',
    '{',
    '}',
    '[',
    ':',
    'Company',
    'Email',
    'ü',
    '=1',
    '\u0000',
    '😀',
    ' ',
    '0',
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
  await fc.assert(fc.asyncProperty(text, expectRowsOrTableError), { numRuns: 500 });
});

test('a file that is damaged anywhere gives rows or a TableError', async () => {
  const damage = fc.record({ file: fc.constantFrom(...FILES), at: fc.nat(), byte: fc.nat(255), length: fc.nat(3) });
  const damaged = damage.map(({ file, at, byte, length }) => {
    const bytes = Uint8Array.from(file);
    return bytes.fill(byte, at % bytes.length, (at % bytes.length) + length + 1);
  });
  await fc.assert(fc.asyncProperty(damaged, expectRowsOrTableError), { numRuns: 300 });
});
