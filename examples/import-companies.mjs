// Loads companies from a CSV file through bulk create, 100 to a request. Columns: CustomerID, CompanyName, ContactName,
// Address, City, Region, PostalCode, Country, Phone. Run: node examples/import-companies.mjs companies.csv
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createClient } from '@countersign/client';
import { parse } from 'csv-parse/sync';

const COLUMNS = 'CustomerID,CompanyName,ContactName,Address,City,Region,PostalCode,Country,Phone'.split(',');

const companies = readRows(process.argv[2]).map((row) => ({
  customer: row.CompanyName,
  email: `${row.CustomerID.toLowerCase()}@northwind.example`,
  externalId: row.CustomerID,
  mainPhone: row.Phone,
  billingAddress: {
    street: row.Address,
    city: row.City,
    state: row.Region,
    zipCode: row.PostalCode,
    country: row.Country,
  },
  contacts: [{ name: row.ContactName, phone: row.Phone, isPrimary: true }],
}));

const { COUNTERSIGN_URL: baseUrl, COUNTERSIGN_CLIENT_ID: clientId } = process.env;
const { COUNTERSIGN_CLIENT_SECRET: clientSecret, COUNTERSIGN_ACCESS_TOKEN: accessToken } = process.env;
const client = createClient({ baseUrl: baseUrl ?? 'http://127.0.0.1:8080', clientId, clientSecret, accessToken });

for (let start = 0; start < companies.length; start += 100) {
  const { data } = await client.customers.bulkCreate(companies.slice(start, start + 100));
  console.log(`${data.successCount} created, ${data.errorCount} refused`);
  for (const result of data.results)
    if (!result.success) console.error(start + result.index, result.error, result.errors);
}

// What would be read wrongly is refused before anything is sent: Excel likes to write Windows-1252 and semicolons.
function readRows(file) {
  const bytes = bytesOf(file);
  if (!isUtf8(bytes)) {
    const line = bytes
      .toString('latin1')
      .split('\n')
      .findIndex((text) => !isUtf8(Buffer.from(text, 'latin1')));
    refuse(`line ${line + 1} is not UTF-8; save it as "CSV UTF-8"`);
  }
  try {
    return parse(bytes, { bom: true, columns: requireColumns });
  } catch (error) {
    return refuse(error.message);
  }
}

function bytesOf(file) {
  if (file === undefined) return refuse('name the CSV file after the command');
  try {
    return readFileSync(file);
  } catch (error) {
    return refuse(`it cannot be read (${error.code})`);
  }
}

function requireColumns(header) {
  const missing = COLUMNS.filter((name) => !header.includes(name));
  if (missing.length === 0) return header;
  if (header.length === 1 && /[;\t|]/.test(header[0])) refuse('its columns are not separated by commas');
  return refuse(`it lacks the columns ${missing.join(', ')}`);
}

function refuse(reason) {
  console.error(`${process.argv[2] ?? 'Nothing'} is not imported: ${reason}.`);
  process.exit(2);
}
