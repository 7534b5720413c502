import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { TABLE_LIMITS } from '../src/index.js';
import { makeXlsx, textRow } from './harness/make-xlsx.js';
import { readCells, readTable } from './harness/read-table.js';

const HEADER = textRow(1, ['Company', 'Email', 'Number']);
const sheetOf = (rows: string) => ({ name: 'Customers', rows: `${HEADER}${rows}` });
const numberRow = (value: string, style = 0) =>
  `<row r="2"><c r="A2" t="inlineStr"><is><t>Acme</t></is></c><c r="B2" t="inlineStr"><is><t>a@x</t></is></c><c r="C2" s="${style}"><v>${value}</v></c></row>`;

describe('numbers of a workbook are as people see them', () => {
  test.each([
    ['an integer', { value: '42', format: 'General', shown: '42' }],
    [
      'a phone number in scientific notation',
      { value: '4.917012345678E+12', format: 'General', shown: '4917012345678' },
    ],
    ['ten digits', { value: '1E+10', format: 'General', shown: '10000000000' }],
    ['noise of binary fractions', { value: '0.30000000000000004', format: 'General', shown: '0.3' }],
    ['a small fraction', { value: '1E-7', format: 'General', shown: '0.0000001' }],
    ['a negative number', { value: '-12.5', format: '0.00', shown: '-12.5' }],
    ['a postal code whose format adds the zeros', { value: '1067', format: '00000', shown: '01067' }],
    ['a postal code of Switzerland', { value: '8001', format: '"CH-"0000', shown: '8001' }],
    ['a phone number whose format adds signs', { value: '5550100', format: '000\\-0000', shown: '555-0100' }],
    ['a date', { value: '45413', format: 14, shown: '2024-05-01' }],
    ['a date with time', { value: '45413.75', format: 'dd.mm.yyyy hh:mm', shown: '2024-05-01T18:00:00' }],
    ['a time', { value: '0.5', format: 'hh:mm', shown: '12:00:00' }],
    ['a German date', { value: '45413', format: '[$-407]d. mmmm yyyy;@', shown: '2024-05-01' }],
    ['a day before the leap day that never was', { value: '1', format: 14, shown: '1900-01-01' }],
    ['money, whose format has a d in quotes', { value: '12', format: '0.00" USD"', shown: '12' }],
    ['a share', { value: '0.19', format: 9, shown: '19%' }],
    ['a share with digits', { value: '0.075', format: '0.0%', shown: '7.5%' }],
    ['red numbers', { value: '12', format: '[Red]0', shown: '12' }],
  ])('%s', async (_, { value, format, shown }) => {
    const rows = await readCells(makeXlsx({ sheets: [sheetOf(numberRow(value))], formats: [format] }));
    expect(rows).toEqual([['Acme', 'a@x', shown]]);
  });

  test('days that count from 1904', async () => {
    const rows = await readCells(makeXlsx({ sheets: [sheetOf(numberRow('0'))], formats: [14], is1904: true }));
    expect(rows[0]?.[2]).toBe('1904-01-01');
  });
});

describe('cells of a workbook', () => {
  test('hold shared texts with several runs, truth values, results of formulas, and characters that XML has not', async () => {
    const row = `<row r="2"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>result</v></c><c t="e"><v>#N/A</v></c><c r="G2" t="d"><v>2024-05-01</v></c></row>`;
    const texts = [
      '<r><t>Mül</t></r><r><t xml:space="preserve">ler </t></r><rPh><t>ミュラー</t></rPh>',
      '<t>a_x000D_&#10;b &lt;c&gt; 😀</t>',
    ];
    expect(await readCells(makeXlsx({ sheets: [sheetOf(row)], texts }))).toEqual([
      ['Müller ', 'a\r\nb <c> 😀', 'true', 'result', '#N/A', '', '2024-05-01'],
    ]);
  });

  test('that begin with a sign or a quote stay as they are', async () => {
    const cells = ["'quoted", '+49 30', '=1+1'];
    expect(await readCells(makeXlsx({ sheets: [sheetOf(textRow(2, cells))] }))).toEqual([cells]);
  });

  test('merged over rows are in each of them, merged over columns in the first', async () => {
    const rows = textRow(2, ['Acme', 'a@x', '1']) + textRow(3, ['', 'b@x', '2']) + textRow(4, ['Wide', '', '3']);
    const sheet = { ...sheetOf(rows), merges: ['A2:A3', 'A4:B4'] };
    expect(await readCells(makeXlsx({ sheets: [sheet] }))).toEqual([
      ['Acme', 'a@x', '1'],
      ['Acme', 'b@x', '2'],
      ['Wide', '', '3'],
    ]);
  });
});

describe('sheets', () => {
  const sheets = [
    { name: 'Cover', rows: '' },
    { name: 'Secret', rows: textRow(1, ['Company', 'Email']), state: 'hidden' as const },
    sheetOf(
      `${textRow(2, ['Acme', 'a@x', '1'])}${textRow(9, ['Bolt', 'b@x', '2'])}<row r="12"/>${textRow(13, ['Total', '', '3'])}`,
    ),
    { name: 'Old', rows: textRow(1, ['Company', 'Email']) + textRow(2, ['Coil', 'c@x']) },
  ];

  test('the first visible one with data is read, and said; lines are those of the sheet, and a total is left out', async () => {
    const { table, rows } = await readTable(makeXlsx({ sheets }));
    expect(table.found).toMatchObject({
      format: 'xlsx',
      sheet: 'Customers',
      sheets: ['Cover', 'Secret', 'Customers', 'Old'],
    });
    expect(rows.map(({ line }) => line)).toEqual([2, 9]);
    expect(table.passedOver.footers).toBe(1);
  });

  test.each(['Old', 4])('one is read by name or number: %s', async (sheet) => {
    expect(await readCells(makeXlsx({ sheets }), { sheet })).toEqual([['Coil', 'c@x']]);
  });

  test('one that is not there is an error that names those that are', async () => {
    await expect(readTable(makeXlsx({ sheets }), { sheet: 'New' })).rejects.toMatchObject({
      code: 'not_found',
      sentence: expect.stringContaining('“Customers”'),
    });
  });

  test('a workbook without any data is empty', async () => {
    await expect(readTable(makeXlsx({ sheets: [{ name: 'A', rows: '' }] }))).rejects.toMatchObject({ code: 'empty' });
  });
});

describe('a workbook that means harm', () => {
  const good = makeXlsx({ sheets: [sheetOf(numberRow('1'))] });

  test('is refused by the size that it says it has, before it is inflated', async () => {
    const bytes = Uint8Array.from(good);
    const lied = setSizes(bytes, 'xl/worksheets/sheet1.xml', TABLE_LIMITS.inflatedBytes + 1);
    await expect(readTable(lied)).rejects.toMatchObject({ code: 'too_large' });
  });

  test('that inflates to more than it says is cut off there, and then damaged', async () => {
    const lied = setSizes(
      makeXlsx({ sheets: [sheetOf(textRow(2, ['x'.repeat(500_000)]))] }),
      'xl/worksheets/sheet1.xml',
      1000,
    );
    await expect(readTable(lied)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('whose XML is not UTF-8 is an error, and never U+FFFD', async () => {
    const xml = Buffer.from('<workbook><x>M\xfcller</x></workbook>', 'latin1');
    await expect(readTable(zipSync({ 'xl/workbook.xml': xml }))).rejects.toMatchObject({ code: 'bad_bytes' });
  });

  test('that is cut off is damaged', async () => {
    await expect(readTable(good.subarray(0, good.length - 40))).rejects.toMatchObject({ code: 'damaged' });
  });

  test('whose XML has entities of its own is damaged: none is expanded', async () => {
    const xml = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><workbook><x>&b;</x></workbook>';
    await expect(readTable(zipSync({ 'xl/workbook.xml': strToU8(xml) }))).rejects.toMatchObject({ code: 'damaged' });
  });

  test('larger than the limit is refused while it is read', async () => {
    const content = new Uint8Array(TABLE_LIMITS.workbookBytes + 1);
    content.set(good.subarray(0, 100));
    await expect(readTable(content)).rejects.toMatchObject({ code: 'too_large' });
  });
});

/** Changes the size that the directory at the end of a ZIP file says an entry has once it is inflated. */
function setSizes(zip: Uint8Array, name: string, size: number): Uint8Array {
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    const length = bytes.readUInt16LE(at + 28);
    if (bytes.subarray(at + 46, at + 46 + length).toString() === name) bytes.writeUInt32LE(size, at + 24);
  }
  return bytes;
}
