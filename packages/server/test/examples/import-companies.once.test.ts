import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/import-companies.mjs', import.meta.url));

/** Names, places and numbers as they come out of real systems: accents, apostrophes, dots, two spaces, no region. */
const COMPANIES = [
  [
    'BONEA',
    "B's Bäckerei & Söhne",
    'Renée d’Arc',
    'Rue  St. Honoré 12',
    'Genève',
    '',
    '1201',
    'Suisse',
    '(022) 555.01-10',
  ],
  [
    'TAQUE',
    'Taquería El Ñandú S.A.',
    'José Íñigo',
    'Avda. de la Paz 3',
    'México D.F.',
    'D.F.',
    '05021',
    'Mexico',
    '(5) 555-0199',
  ],
  ['FOLKA', 'Folk och fä HB', 'Åsa Öberg', 'Åkergatan 24', 'Bräcke', '', 'S-844 67', 'Sweden', '0695-34 00 21'],
  [
    'QUOTE',
    'The "Big, Cheese"',
    'O’Neil, Jr.',
    'Unit 1, 2nd Fl.',
    'Cork',
    'Co. Cork',
    '',
    'Ireland',
    '2967 3333 ext. 4',
  ],
] as const;
const COLUMNS = 'CustomerID,CompanyName,ContactName,Address,City,Region,PostalCode,Country,Phone';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const ROWS = COMPANIES.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
const LINES = [COLUMNS, ...ROWS];

async function runImport(bytes: string | Uint8Array = LINES.join('\r\n')): Promise<string> {
  const file = join(server.folder, 'companies.csv');
  writeFileSync(file, bytes);
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE, file], {
    env: {
      ...process.env,
      COUNTERSIGN_URL: caller.url,
      COUNTERSIGN_CLIENT_ID: caller.app.clientId,
      COUNTERSIGN_CLIENT_SECRET: caller.app.clientSecret,
      COUNTERSIGN_ACCESS_TOKEN: caller.accessToken,
    },
  });
  return stdout;
}

test('companies from a CSV file come back exactly as they were, and are found, searched, sorted and updated', async () => {
  expect(await runImport()).toContain('4 created, 0 refused');
  for (const [id, name, person, street, city, region, zipCode, country, phone] of COMPANIES) {
    const found = await caller.get('/customers/find-by-email', { query: { email: `${id}@NORTHWIND.example` } });
    expect(found.data.customer).toMatchObject({
      customer: name,
      mainPhone: phone,
      externalId: id,
      billingAddress: {
        street,
        city,
        state: region === '' ? null : region,
        zipCode: zipCode === '' ? null : zipCode,
        country,
      },
      contacts: [{ name: person, phone, isPrimary: true }],
    });
    const searched = await caller.get('/customers', { query: { search: name.slice(2).toUpperCase() } });
    expect(searched.data.customers.map((customer) => customer.customer)).toEqual([name]);
  }
  const sorted = await caller.get('/customers');
  expect(sorted.data.customers.map((customer) => customer.externalId)).toEqual(['BONEA', 'FOLKA', 'TAQUE', 'QUOTE']);
  const [first] = sorted.data.customers;
  const updated = await caller.patch(`/customers/${first?.uuid}`, { customer: 'Boulangerie «Chez B.»' });
  expect(updated.data.customer).toMatchObject({
    customer: 'Boulangerie «Chez B.»',
    version: 2,
    contacts: first?.contacts,
  });
});

test('a second import makes no second customer', async () => {
  expect(await runImport()).toContain('0 created, 4 refused');
  expect((await caller.get('/customers')).data.pagination.total).toBe(4);
});

test('a byte order mark before the header is passed over', async () => {
  expect(await runImport(`\u{feff}${LINES.join('\r\n')}`)).toContain('0 created, 4 refused');
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['Windows-1252', Buffer.from(`${COLUMNS}\r\nA,B\r\nC,M\xfcller`, 'latin1'), /line 3 is not UTF-8/],
  ['UTF-16', Buffer.from(`\u{feff}${COLUMNS}`, 'utf16le'), /line 1 is not UTF-8/],
  ['semicolons', LINES.join('\n').replaceAll(',', ';'), /columns are not separated by commas/],
  ['tabs', LINES.join('\n').replaceAll(',', '\t'), /columns are not separated by commas/],
  ['another header', 'Name,Mail\nx,y', /lacks the columns CustomerID, CompanyName/],
  ['a row that is too short', `${COLUMNS}\nx,y`, /line 2/],
])('a file with %s is refused in one sentence, and nothing is stored', async (_, bytes, sentence) => {
  const { total } = (await caller.get('/customers')).data.pagination;
  const failure = await runImport(bytes).catch((error: { code: number; stdout: string; stderr: string }) => error);
  expect(failure).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
  expect(failure).toMatchObject({ stderr: expect.stringMatching(/^[^\n]+ is not imported: [^\n]+\.\n$/) });
  expect((await caller.get('/customers')).data.pagination.total).toBe(total);
});

test.each([
  ['no file', []],
  ['a file that is not there', ['/nowhere/none.csv']],
])('a run with %s is refused in one sentence', async (_, args) => {
  const failure = await promisify(execFile)(process.execPath, [EXAMPLE, ...args]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 2, stderr: expect.stringMatching(/^[^\n]+ is not imported: [^\n]+\.\n$/) });
});
