import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TableError } from '../src/index.js';
import { readCells, readTable } from './harness/read-table.js';

const TEXT = 'Company,Email,City\nMüller,a@acme.example,Zürich\nŁódź 東京 😀,b@bolt.example,Αθήνα\n';
const WESTERN = 'Company,Email,City\nMüller – “Söhne”,a@acme.example,Zürich €\n';
const CELLS = [
  ['Müller', 'a@acme.example', 'Zürich'],
  ['Łódź 東京 😀', 'b@bolt.example', 'Αθήνα'],
];

const utf16le = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
const windows1252 = (text: string): Uint8Array => {
  const special = new Map([
    ['–', 0x96],
    ['“', 0x93],
    ['”', 0x94],
    ['€', 0x80],
  ]);
  return Uint8Array.from([...text].map((letter) => special.get(letter) ?? letter.charCodeAt(0)));
};

describe('encodings are found and said', () => {
  test.each([
    ['utf-8', Buffer.from(TEXT)],
    ['utf-8', Buffer.from(`\uFEFF${TEXT}`)],
    ['utf-16le', utf16le(TEXT)],
    ['utf-16le', utf16le(`\uFEFF${TEXT}`)],
    ['utf-16be', utf16be(TEXT)],
    ['utf-16be', utf16be(`\uFEFF${TEXT}`)],
  ])('%s', async (encoding, bytes) => {
    const { table, rows } = await readTable(bytes);
    expect(table.found.encoding).toBe(encoding);
    expect(table.header).toEqual(['Company', 'Email', 'City']);
    expect(rows.map(({ cells }) => cells)).toEqual(CELLS);
  });

  test('Windows-1252, with the characters that Latin 1 has not', async () => {
    const { table, rows } = await readTable(windows1252(WESTERN));
    expect(table.found.encoding).toBe('windows-1252');
    expect(rows[0]?.cells).toEqual(['Müller – “Söhne”', 'a@acme.example', 'Zürich €']);
  });

  test('a file whose first accent comes late turns to Windows-1252 there', async () => {
    const plain = 'Plain company name,plain@acme.example,City\n'.repeat(20_000);
    const { table, rows } = await readTable(windows1252(`Company,Email,City\n${plain}Müller,a@acme.example,Zürich\n`));
    expect(rows.at(-1)?.cells).toEqual(['Müller', 'a@acme.example', 'Zürich']);
    expect(table.found.encoding).toBe('windows-1252');
  });

  test('a file whose first accent comes late stays UTF-8 where it is', async () => {
    const plain = 'Plain company name,plain@acme.example,City\n'.repeat(20_000);
    const { table, rows } = await readTable(`Company,Email,City\n${plain}Müller,a@acme.example,Zürich\n`);
    expect(rows.at(-1)?.cells[0]).toBe('Müller');
    expect(table.found.encoding).toBe('utf-8');
  });

  test('the first character that is not ASCII says which a file with late accents is, whatever comes behind it', async () => {
    const plain = 'Plain company name,plain@acme.example,City\n'.repeat(20_000);
    const mixed = [windows1252(`Company,Email,City\n${plain}Müller,`), Buffer.from('Müüü,x\n')];
    const { table, rows } = await readTable(Buffer.concat(mixed));
    expect(rows.at(-1)?.cells).toEqual(['Müller', 'MÃ¼Ã¼Ã¼', 'x']);
    expect(table.found.encoding).toBe('windows-1252');
  });

  test('the caller can say which it is', async () => {
    expect(await readCells('Company,Email\nMÃ¼ller,x\n', { encoding: 'utf-8' })).toEqual([['MÃ¼ller', 'x']]);
    expect(await readCells(Buffer.from('Company,Email\nMüller,x\n'), { encoding: 'windows-1252' })).toEqual([
      ['MÃ¼ller', 'x'],
    ]);
  });

  test('an encoding or a delimiter that there is not is refused', async () => {
    await expect(readTable('a,b\n', { encoding: 'koi8-r' as 'utf-8' })).rejects.toThrow(TypeError);
    await expect(readTable('a,b\n', { delimiter: '::' })).rejects.toThrow(TypeError);
  });
});

describe('bytes that fit no encoding are an error with line and column, and never U+FFFD', () => {
  test.each([
    [
      'a broken byte in UTF-8',
      Buffer.concat([
        Buffer.from('Company,Email,City\nMüller,a@acme.example,Zürich\nWeiß,b'),
        Buffer.from([0xff]),
        Buffer.from('@x,y\n'),
      ]),
      {},
    ],
    [
      'a byte that Windows-1252 has not',
      Buffer.concat([Buffer.from('Company,Email\nA,b\nM'), Buffer.from([0xfc, 0x6c, 0x2c, 0x81, 0x0a])]),
      {},
    ],
    [
      'UTF-8 that the caller said it is',
      Buffer.concat([Buffer.from('Company,Email\nA,b\nx,M'), Buffer.from([0xfc]), Buffer.from('ller\n')]),
      { encoding: 'utf-8' as const },
    ],
    ['half a surrogate', utf16le('Company,Email\nA,b\nx,y\ud800z\n'), {}],
    [
      'a character that the end cuts',
      Buffer.concat([Buffer.from('Company,Email\nMüller,b\nx,M'), Buffer.from([0xc3])]),
      {},
    ],
  ])('%s', async (_, bytes, options) => {
    const error = await readTable(bytes, { name: 'kunden.csv', ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TableError);
    expect(error).toMatchObject({ code: 'bad_bytes', file: 'kunden.csv', line: 3, column: 2 });
    expect(String(error)).toContain('kunden.csv, line 3, column 2: ');
    expect(String(error)).not.toContain('\uFFFD');
  });
});

describe('gzip', () => {
  test('is unpacked, whatever is in it', async () => {
    const { table, rows } = await readTable(gzipSync(utf16le(TEXT)));
    expect(table.found).toMatchObject({ format: 'csv', isGzip: true, encoding: 'utf-16le' });
    expect(rows.map(({ cells }) => cells)).toEqual(CELLS);
  });

  test('that is cut off or damaged is an error', async () => {
    const packed = gzipSync(TEXT);
    await expect(readTable(packed.subarray(0, packed.length - 12))).rejects.toMatchObject({ code: 'damaged' });
    const broken = Buffer.from(packed);
    broken.fill(0xff, 20, 40);
    await expect(readTable(broken)).rejects.toMatchObject({ code: 'damaged' });
  });
});
