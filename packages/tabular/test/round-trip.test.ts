import type { Customer } from '@countersign/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOMER_COLUMNS, type CustomerCsvOptions, customerCsvWriter, customerJsonLine } from '../src/index.js';
import { customers, fullCustomer, inputOf } from './harness/customers.js';
import { readCustomers } from './harness/read-table.js';

const some = fc.array(customers, { minLength: 1, maxLength: 5 });

function asCsv(all: readonly Customer[], options?: CustomerCsvOptions): string {
  const writer = customerCsvWriter(options);
  return writer.header + all.map((customer) => writer.line(customer)).join('');
}

async function expectSame(content: string, all: readonly Customer[]): Promise<void> {
  const read = await readCustomers(content);
  expect(read.problems).toEqual([]);
  expect(read.customers).toEqual(all.map(inputOf));
}

describe('what is exported is imported, the same', () => {
  test.each([',', ';', '\t', '|'])('as CSV with %j', async (delimiter) => {
    await fc.assert(fc.asyncProperty(some, (all) => expectSame(asCsv(all, { delimiter }), all)));
  });

  test('flat, with what does not fit in columns of its own', async () => {
    const flat = fc.record({
      contacts: fc.integer({ min: 0, max: 5 }),
      metadataKeys: fc.array(fc.constantFrom('__proto__', 'a.b', '=x', 'Schlüssel', '')),
    });
    await fc.assert(fc.asyncProperty(some, flat, (all, columns) => expectSame(asCsv(all, { flat: columns }), all)));
  });

  test('flat, with every key of the customers in a column', async () => {
    await fc.assert(
      fc.asyncProperty(some, (all) => {
        const metadataKeys = all.flatMap(({ metadata }) => Object.keys(metadata));
        return expectSame(asCsv(all, { flat: { contacts: 4, metadataKeys } }), all);
      }),
    );
  });

  test('as JSON Lines', async () => {
    await fc.assert(fc.asyncProperty(some, (all) => expectSame(all.map(customerJsonLine).join(''), all)));
  });

  test('with 50 metadata keys and 100 contacts, in each way', async () => {
    const [one] = fc.sample(customers, 1);
    if (one === undefined) throw new Error('No customer was made.');
    const full = [fullCustomer(one)];
    const metadataKeys = Object.keys(full[0]?.metadata ?? {});
    await expectSame(asCsv(full), full);
    await expectSame(asCsv(full, { flat: { contacts: 100, metadataKeys } }), full);
    await expectSame(full.map(customerJsonLine).join(''), full);
  });

  test('no cell of it is run by a spreadsheet', async () => {
    await fc.assert(
      fc.property(some, (all) => {
        const cells = asCsv(all)
          .split(/,|\r\n/)
          .map((cell) => cell.replace(/^"/, ''));
        const starts = customerCsvWriter().line({
          ...(all[0] as Customer),
          customer: '=1+1',
          notes: '@x',
          mainPhone: '+1',
        });
        expect(starts).toContain(",'=1+1,");
        expect(starts).toContain(",'+1,");
        expect(cells[0]).toBe('uuid');
      }),
    );
  });

  test('every field of a customer has a column', () => {
    const [one] = fc.sample(customers, 1);
    const fields = new Set(CUSTOMER_COLUMNS.map(({ name }) => name.split('.')[0]));
    expect([...fields, 'id'].sort()).toEqual(Object.keys(one ?? {}).sort());
  });
});
