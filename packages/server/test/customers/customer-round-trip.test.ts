import { CUSTOMER_LIMITS } from '@countersign/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** Any code point that may be stored, often one that something is likely to trip over. */
const letter = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '\\',
    '%',
    '_',
    '\n',
    '\u0001',
    '\u007f',
    '\u2028',
    '\ufeff',
    'ς',
    'İ',
    'ß',
    'e\u0301',
    '<',
    ' ',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => text !== '\0' && text.isWellFormed()),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((text) => !text.includes('\0')),
);
const text = (limit: number) =>
  fc
    .string({ unit: letter, maxLength: limit, size: 'medium' })
    .map((value) => [...value].slice(0, limit).join(''))
    .filter((value) => value.isWellFormed());
const optional = (limit: number) => fc.option(text(limit));

const address = fc.option(
  fc.record(
    {
      street: optional(CUSTOMER_LIMITS.text),
      city: optional(CUSTOMER_LIMITS.text),
      state: optional(CUSTOMER_LIMITS.text),
      zipCode: optional(CUSTOMER_LIMITS.text),
      country: optional(CUSTOMER_LIMITS.text),
    },
    { requiredKeys: [] },
  ),
);

const contact = fc
  .record(
    {
      firstName: optional(CUSTOMER_LIMITS.text),
      lastName: optional(CUSTOMER_LIMITS.text),
      name: optional(CUSTOMER_LIMITS.text),
      email: fc.option(fc.constantFrom('a@acme.example', 'Zoë@acme.example', '')),
      phone: optional(CUSTOMER_LIMITS.phone),
    },
    { requiredKeys: [] },
  )
  .filter((value) => Object.values(value).some((part) => part !== null && part.trim() !== ''));

const contacts = fc
  .tuple(fc.array(contact, { maxLength: 5 }), fc.option(fc.nat(4)))
  .map(([list, primary]) => list.map((one, index) => (index === primary ? { ...one, isPrimary: true } : one)));

/** Any customer that the contract allows, §3.1. */
const customerInput = fc.record(
  {
    customer: text(CUSTOMER_LIMITS.text).filter((name) => name.trim() !== ''),
    email: fc
      .tuple(
        fc.constantFrom('a', 'Mixed.Case', "o'brien+tag", 'zoë', '"quo;ted"'),
        fc.constantFrom('Acme.example', 'münchen.example'),
      )
      .map(([local, domain]) => `${local}@${uniqueText()}.${domain}`),
    mainPhone: optional(CUSTOMER_LIMITS.phone),
    website: fc.option(
      fc.oneof(
        fc.webUrl().filter((url) => url.length <= 255),
        fc.constantFrom('acme.example', ''),
      ),
    ),
    status: fc.constantFrom('active', 'inactive'),
    billingAddress: address,
    shippingAddress: address,
    contacts: fc.option(contacts),
    notes: optional(CUSTOMER_LIMITS.notes),
    paymentTerm: optional(CUSTOMER_LIMITS.text),
    taxNumber: optional(CUSTOMER_LIMITS.text),
    taxAutoCalculate: fc.option(fc.boolean()),
    taxExcluded: fc.option(fc.boolean()),
    taxes: fc.option(
      fc.array(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
        { maxLength: 5 },
      ),
    ),
    externalId: fc.option(text(200).map((id) => (id === '' ? '' : id + uniqueText()))),
    metadata: fc.option(fc.dictionary(text(40), text(500), { maxKeys: 10, noNullPrototype: true })),
  },
  { requiredKeys: ['customer', 'email'] },
);

/** Sixteen code points at most from the middle of a name, as somebody would search for it. */
function pieceOf(name: string): string {
  const points = [...name];
  return points.slice(Math.floor(points.length / 3), Math.floor(points.length / 3) + 16).join('');
}

test('any valid customer is the same object when created, got, found by email, and listed', async () => {
  await fc.assert(
    fc.asyncProperty(customerInput, async (input) => {
      const created = await caller.post('/customers', input);
      expect(created.text).toContain('"status":"success"');
      const { customer } = created.data;
      expect(customer).toMatchObject({ customer: input.customer.trim(), email: input.email, version: 1 });
      for (const field of ['mainPhone', 'website', 'notes', 'paymentTerm', 'taxNumber', 'externalId'] as const) {
        expect(customer[field]).toBe(input[field] || null);
      }
      for (const field of ['taxes', 'taxAutoCalculate', 'taxExcluded'] as const) {
        expect(customer[field]).toEqual(input[field] ?? null);
      }
      expect(customer.metadata).toEqual(input.metadata ?? {});
      expect(customer.contacts.length).toBe(input.contacts?.length ?? 0);

      expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
      const byEmail = await caller.get('/customers/find-by-email', { query: { email: input.email.toUpperCase() } });
      expect(byEmail.data.customer).toEqual(customer);
      const byAddress = await caller.get('/customers', { query: { search: input.email } });
      expect(byAddress.data.customers).toEqual([customer]);
      expect(byAddress.data.pagination.total).toBe(1);

      const query = { search: pieceOf(customer.customer), limit: 1, orderBy: 'createdAt', orderDirection: 'DESC' };
      const byName = await caller.get('/customers', { query });
      expect(byName.data.customers.length).toBe(1);
      const since = { updatedSince: customer.updatedAt, search: query.search, limit: 100 };
      expect((await caller.get('/customers', { query: since })).data.customers).toContainEqual(customer);

      const same = await caller.patch(`/customers/${customer.uuid}`, input);
      expect(same.data.customer).toEqual(customer);
    }),
    { numRuns: 150 },
  );
});

test('following the cursor through them all meets each once', async () => {
  const met: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { limit: 7, ...(cursor === null ? {} : { cursor }) };
    const { customers, pagination } = (await caller.get('/customers', { query })).data;
    met.push(...customers.map(({ uuid }) => uuid));
    cursor = pagination.nextCursor;
  } while (cursor !== null);
  const { total } = (await caller.get('/customers')).data.pagination;
  expect(total).toBeGreaterThan(0);
  expect([met.length, new Set(met).size]).toEqual([total, total]);
});
