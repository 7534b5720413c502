import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { applyMapping, bindMapping, openTable, suggestMapping, TABLE_LIMITS, TableError } from '../src/index.js';
import { inPieces, readCells, readTable, rowsOf } from './harness/read-table.js';

const random = Uint8Array.from({ length: 4000 }, (_, index) => (index * 7919 + 13 * (index >> 3)) % 256);

describe('what is no table is one clear sentence', () => {
  test.each([
    ['old .xls', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), /old Excel workbook/],
    ['a web page called .xls', '<html><body><table><tr><td>Company</td></tr></table>', /web page/],
    ['a table of a web page', '\uFEFF\n <table border="1"><tr>', /web page/],
    ['XML of 2003', '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', /XML/],
    ['PDF', '%PDF-1.7\n', /PDF/],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /picture/],
    ['other bytes', random, /no text/],
    ['a JSON array', '[\n {"customer":"Acme"}\n]', /JSON array/],
    ['a packed folder', zipSync({ 'a.csv': strToU8('a,b') }), /archive/],
    ['a document of another program', zipSync({ 'content.xml': strToU8('<x/>') }), /another kind/],
  ])('%s', async (_, content, sentence) => {
    const error = await readTable(content, { name: 'kunden.xls' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TableError);
    expect(error).toMatchObject({
      code: 'unreadable_format',
      file: 'kunden.xls',
      sentence: expect.stringMatching(sentence),
    });
  });

  test.each([
    ['nothing', ''],
    ['a mark alone', '\uFEFF'],
    ['empty lines', '\n\n ,\n'],
  ])('%s is empty', async (_, content) => {
    await expect(readTable(content)).rejects.toMatchObject({ code: 'empty' });
  });
});

describe('faults have their place', () => {
  test.each([
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', { code: 'bad_quotes', line: 3, column: 2 }],
    ['text behind a quote', 'a,b\n"1\n2","3"4\n', { code: 'bad_quotes', line: 3, column: 2 }],
    ['a NUL character', 'a,b\n1,2\n3,4\u00005\n', { code: 'unreadable_format' }],
    ['a line that is no JSON', '{"a":1}\n{"a":\n', { code: 'bad_json', line: 2 }],
    ['a line that is no object', '{"a":1}\n\n[1]\n', { code: 'bad_json', line: 3 }],
  ])('%s', async (_, content, expected) => {
    await expect(readTable(content)).rejects.toMatchObject(expected);
  });

  test('ten mebibytes in one cell', async () => {
    const content = `Company,Email\nAcme,a\nBolt,"${'x'.repeat(10 * 1_048_576)}"\n`;
    await expect(readTable(content)).rejects.toMatchObject({ code: 'too_large', line: 3, column: 2 });
    const lines = `{"customer":"Acme"}\n{"customer":"Bolt","notes":"${'x'.repeat(2 * 1_048_576)}"}\n`;
    await expect(readTable(lines)).rejects.toMatchObject({ code: 'too_large', line: 2, column: 2 });
  });

  test('a cell at the limit is read', async () => {
    const cell = 'x'.repeat(TABLE_LIMITS.cell);
    expect((await readCells(`Company,Email\nAcme,${cell}\n`))[0]?.[1]).toBe(cell);
  });

  test('more columns than the limit', async () => {
    await expect(readTable(`a,b\n${','.repeat(TABLE_LIMITS.columns)}\n`)).rejects.toMatchObject({
      code: 'too_large',
      line: 2,
    });
  });

  test('a header that is told and not there', async () => {
    await expect(readTable('a,b\n1,2\n', { headerRow: 9 })).rejects.toMatchObject({ code: 'not_found', line: 9 });
  });
});

describe('what the caller says is done', () => {
  test('delimiter and header', async () => {
    expect(await readCells('Company,Email;x\n1,2;3\n', { delimiter: ';', headerRow: 0 })).toEqual([
      ['Company,Email', 'x'],
      ['1,2', '3'],
    ]);
    const { table, rows } = await readTable('one,two\nthree,four\nfive,six\n', { headerRow: 2 });
    expect(table.header).toEqual(['three', 'four']);
    expect(table.found).toMatchObject({ headerRow: 2, headerSureness: 'told' });
    expect(rows).toEqual([{ line: 3, cells: ['five', 'six'] }]);
  });
});

test('a key that JSON Lines bring late is a problem with its name', async () => {
  const lines = '{"customer":"Acme","email":"a@acme.example"}\n'.repeat(5000);
  const { customers, problems } = await readLate(`${lines}{"customer":"Bolt","late":"x"}\n`);
  expect(customers.at(-1)).toEqual({ customer: 'Bolt' });
  expect(problems).toMatchObject([{ line: 5001, column: 'late', code: 'unknown_column' }]);
});

// Binds the mapping before the rows are read, as an import does.
async function readLate(content: string) {
  const table = await openTable(inPieces(content, [1000]), { name: 'a.jsonl' });
  const bound = bindMapping(suggestMapping(table.header, table.sample), table.header);
  const mapped = (await rowsOf(table)).map((row) => applyMapping(bound, row));
  return { customers: mapped.map(({ input }) => input), problems: mapped.flatMap(({ problems }) => problems) };
}

describe('the source', () => {
  const content = 'Company,Email\nAcme,a@acme.example\n';

  test('may be a stream or a file of a browser', async () => {
    for (const source of [new Blob([content]), new Blob([content]).stream()]) {
      const table = await openTable(source, { name: 'a.csv' });
      expect(await rowsOf(table)).toEqual([{ line: 2, cells: ['Acme', 'a@acme.example'] }]);
    }
  });

  test('is let go by close, at an error, and where the reader stops', async () => {
    let closed = 0;
    async function* source(text: string): AsyncGenerator<Uint8Array, void> {
      try {
        for (;;) yield* inPieces(text);
      } finally {
        closed += 1;
      }
    }
    await (await openTable(source(content), { name: 'a.csv' })).close();
    expect(closed).toBe(1);
    for await (const _ of await openTable(source(content), { name: 'a.csv' })) break;
    expect(closed).toBe(2);
    await expect(openTable(source('<html>'), { name: 'a.csv' })).rejects.toBeInstanceOf(TableError);
    expect(closed).toBe(3);
  });

  test('that fails fails the table with its own error', async () => {
    async function* source(): AsyncGenerator<Uint8Array, void> {
      yield new TextEncoder().encode(content);
      throw new Error('disk on fire');
    }
    await expect(openTable(source(), { name: 'a.csv' })).rejects.toThrow('disk on fire');
  });
});
