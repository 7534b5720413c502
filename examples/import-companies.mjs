// Loads companies from a CSV file through bulk create, 100 to a request. Columns: CustomerID, CompanyName, ContactName,
// Address, City, Region, PostalCode, Country, Phone. Run: node examples/import-companies.mjs companies.csv
import { readFileSync } from 'node:fs';
import { createClient } from '@countersign/client';
import { parse } from 'csv-parse/sync';

const { COUNTERSIGN_URL: baseUrl, COUNTERSIGN_CLIENT_ID: clientId } = process.env;
const { COUNTERSIGN_CLIENT_SECRET: clientSecret, COUNTERSIGN_ACCESS_TOKEN: accessToken } = process.env;
const client = createClient({ baseUrl: baseUrl ?? 'http://127.0.0.1:8080', clientId, clientSecret, accessToken });

const companies = parse(readFileSync(process.argv[2]), { columns: true, bom: true }).map((row) => ({
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

for (let start = 0; start < companies.length; start += 100) {
  const { data } = await client.customers.bulkCreate(companies.slice(start, start + 100));
  console.log(`${data.successCount} created, ${data.errorCount} refused`);
  for (const result of data.results)
    if (!result.success) console.error(start + result.index, result.error, result.errors);
}
