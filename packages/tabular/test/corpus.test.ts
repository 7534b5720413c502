import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CORPUS } from './corpus-expectations.js';
import { readCustomers } from './harness/read-table.js';

const folder = new URL('corpus/', import.meta.url);

describe('files as systems write them and people break them', () => {
  test('each file of the corpus has its expectation', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(CORPUS).sort());
    expect(Object.keys(CORPUS).length).toBeGreaterThanOrEqual(40);
  });

  test.each(Object.entries(CORPUS))('%s', async (file, expected) => {
    const { table, rows, mapping, customers, problems } = await readCustomers(readFileSync(new URL(file, folder)));
    const { format, delimiter, quote, headerRow, headerSureness } = table.found;
    expect({
      ...{ format, delimiter, quote, headerRow, headerSureness, system: mapping.system, unmapped: mapping.unmapped },
      passedOver: table.passedOver,
      customers: customers.map((customer, index) => ({ line: rows[index]?.line, ...customer })),
      problems: problems.map(({ line, column, code }) => ({ line, column, code })),
    }).toEqual(expected);
  });
});
