import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REASON_COLUMN, rejectedRowsWriter } from '../src/index.js';
import { readTable } from './harness/read-table.js';

const cell = fc.oneof(fc.constantFrom('', '=1', "'", "'=1", 'a\r\nb', '"', ';', ',', '007', ' x ', "'s"), fc.string());
const row = fc.array(cell, { minLength: 1, maxLength: 6 }).map((cells) => ['Acme', ...cells]);

test('rejected rows are read again as they were, without the reasons', async () => {
  const header = ['Company', 'Email', 'Notes', 'City'];
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.constantFrom(',', ';', '\t', '|'), async (all, delimiter) => {
      const writer = rejectedRowsWriter(header, { delimiter });
      const text =
        writer.header +
        all.map((cells) => writer.line({ line: 1, cells }, '=Email: "x", is no address; mend it')).join('');
      const { table, rows } = await readTable(text);
      expect(table.header).toEqual(header);
      const padded = all.map((cells) => [
        ...cells,
        ...Array.from({ length: Math.max(0, header.length - cells.length) }, () => ''),
      ]);
      expect(rows.map(({ cells }) => cells)).toEqual(padded);
    }),
  );
});

test('the reason is the last column', () => {
  const writer = rejectedRowsWriter(['Company', 'Email'], { delimiter: ';' });
  expect(writer.header).toBe(`Company;Email;${REASON_COLUMN}\r\n`);
  expect(writer.line({ line: 7, cells: ['Acme'] }, 'email is required')).toBe('Acme;;email is required\r\n');
});
