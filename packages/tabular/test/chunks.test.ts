import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Encoding, openTable } from '../src/index.js';
import { makeXlsx, textRow } from './harness/make-xlsx.js';
import { inPieces, rowsOf } from './harness/read-table.js';

const TEXT =
  'Company;Email;Notes\r\n"Mül""ler; 😀";a@acme.example;"one\r\ntwo\rthree\n"\r"Łódź" ; b@bolt.example;\u{10FFFF}\n\r\n;;;\nlast;c@coil.example;x"y';
const LINES = '{"customer":"Mü\\u00fc 😀","externalId":12345678901234567890}\r\n\n{"customer":"x","late":{"a":[1,2]}}';

const FILES: Readonly<Record<string, Uint8Array>> = {
  'UTF-8': Buffer.from(TEXT),
  'UTF-8 with a mark': Buffer.from(`\uFEFF${TEXT}`),
  'UTF-16 LE': Buffer.from(TEXT, 'utf16le'),
  'UTF-16 BE': Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(),
  'Windows-1252': Buffer.from('Company,Email\nM\xfcller \x80,"a\r\nb"\r\nx,y', 'latin1'),
  'JSON Lines': Buffer.from(LINES),
  gzip: gzipSync(TEXT),
  workbook: makeXlsx({
    sheets: [{ name: 'A', rows: textRow(1, ['Company', 'Email']) + textRow(2, ['Mü 😀', 'a@x']) }],
  }),
};

async function read(bytes: Uint8Array, sizes: readonly number[], encoding?: Encoding) {
  const table = await openTable(inPieces(bytes, sizes), { name: 'file', encoding });
  const rows = await rowsOf(table);
  return { rows, header: table.header, found: { ...table.found }, passedOver: table.passedOver };
}

test.each(Object.entries(FILES))('any split of the bytes gives the same rows: %s', async (_, bytes) => {
  const whole = await read(bytes, [bytes.length]);
  expect(whole.rows.length).toBeGreaterThan(0);
  expect(await read(bytes, [1])).toEqual(whole);
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(sizes, async (some) => {
      expect(await read(bytes, some)).toEqual(whole);
    }),
  );
});

test('also where the file is larger than what its format is found from', async () => {
  const line = '"Mül""ler; 😀";a@acme.example;"one\r\ntwo"\r\n';
  const bytes = Buffer.from(`Company;Email;Notes\r\n${line.repeat(12_000)}`);
  const whole = await read(bytes, [bytes.length]);
  expect(whole.rows).toHaveLength(12_000);
  expect(whole.rows.at(-1)).toEqual({ line: 24_000, cells: ['Mül"ler; 😀', 'a@acme.example', 'one\r\ntwo'] });
  for (const sizes of [[65_537], [1, 70_000, 3], [4093]]) expect((await read(bytes, sizes)).rows).toEqual(whole.rows);
});
